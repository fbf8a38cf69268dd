"use strict";

{
  const { openapi, scheme, favicon } = document.getElementById("reference").dataset;
  // In full, so that the samples of code can be copied and run as they are.
  const service = new URL(".", new URL(openapi, window.location)).href.replace(/\/$/, "");

  Scalar.createApiReference("#reference", {
    url: openapi,
    servers: [{ url: service }],
    favicon,
    authentication: { preferredSecurityScheme: scheme },
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    withDefaultFonts: false,
    showDeveloperTools: "never",
    hideClientButton: true,
    persistAuth: false,
    documentDownloadType: "direct",
    defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  });
}
