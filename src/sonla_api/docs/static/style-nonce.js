"use strict";

{
  // Scalar makes <style> elements of its own; the policy of the page wants its nonce on each.
  const nonce = document.querySelector("meta[property=csp-nonce]").content;
  const createElement = document.createElement.bind(document);
  document.createElement = (name, options) => {
    const element = createElement(name, options);
    if (element instanceof HTMLStyleElement) element.nonce = nonce;
    return element;
  };
}
