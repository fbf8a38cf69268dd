// What the page says in its two languages, and how it writes numbers and periods in them.

const WORDS = {
  vi: {
    title: "Sổ đăng ký công tác đối ngoại tỉnh Sơn La",
    intro:
      "Mọi con số và hình dưới đây được vẽ từ chính API công khai. Bấm vào một hình, một cột hay một ô để mở đúng lệnh gọi API phía sau nó.",
    skip: "Đến nội dung chính",
    language: "Ngôn ngữ",
    keyTitle: "Cần khóa API",
    keyWhy:
      "Hệ thống này không cho người chưa có khóa đọc dữ liệu. Người quản trị cấp khóa bằng lệnh sonla keys create. Khóa dán vào đây chỉ nằm trong bộ nhớ của trang và mất khi đóng trang; các liên kết tới API không mang theo khóa.",
    keyLabel: "Khóa",
    keyUse: "Dùng khóa này",
    search: "Tìm kiếm",
    searchLabel: "Tìm trong mọi hồ sơ (không cần dấu)",
    searchGo: "Tìm",
    found: "Kết quả cho “{q}”",
    nothing: "Không tìm thấy gì cho “{q}”.",
    inexact: "Không có kết quả trùng khớp; đây là những kết quả gần giống.",
    overview: "Tổng quan",
    partners: "Đối tác theo quốc gia và tỉnh của Lào",
    partnersWhat:
      "Mỗi ô là một quốc gia hay một tỉnh, đặt gần đúng vị trí của nó; bản đồ không vẽ đường biên giới.",
    byCountry: "Đối tác theo quốc gia",
    byProvince: "Đối tác theo tỉnh của Lào",
    noCountry: "{n} đối tác khác không ghi quốc gia.",
    noProvince: "{n} đối tác khác của Lào không ghi tỉnh.",
    delegations: "Đoàn theo nửa năm",
    delegationsWhat:
      "Các đoàn đã diễn ra, xếp vào nửa năm chứa trọn thời gian của đoàn.",
    noHalf: "{n} đoàn không nằm trọn trong một nửa năm hoặc không rõ thời gian.",
    earlier: "Các kỳ trước đó: xem bảng",
    unknown: "Không rõ",
    exports: "Xuất khẩu theo năm",
    exportsWhat:
      "Mỗi chỉ tiêu có phạm vi thống kê riêng và một hình riêng, thang đo riêng; không so sánh và không tính tăng trưởng giữa các phạm vi.",
    coverage: "Phạm vi:",
    partOfYear: "Thanh kẻ sọc: kỳ ngắn hơn một năm.",
    growth: "tăng/giảm {n} so với cùng kỳ, theo nguồn",
    noValue: "không có giá trị",
    noSeries: "Chưa có chỉ tiêu xuất khẩu nào có số liệu.",
    projects: "Dự án theo loại và quốc gia",
    projectsWhat: "Quốc gia là quốc gia của đối tác tham gia dự án; một dự án có thể thuộc nhiều quốc gia.",
    byKind: "Dự án theo loại",
    byPartnerCountry: "Dự án theo quốc gia của đối tác",
    documents: "Từ nghị quyết đến nhiệm vụ",
    documentsWhat: "Những gì được ban hành và phải làm vì một văn bản, kèm tình trạng của từng nhiệm vụ.",
    symbolLabel: "Số, ký hiệu văn bản",
    symbolGo: "Vẽ cây",
    tree: "Những gì có từ {symbol}",
    alsoRests: "cũng căn cứ vào {symbols}",
    notFound: "Không có văn bản nào mang ký hiệu này.",
    perhaps: "Có phải là {symbols}?",
    cut: "Chỉ hiển thị {n} mục đầu tiên trên tổng số {total}.",
    noEffects: "Chưa có gì được ghi nhận là bắt nguồn từ văn bản này.",
    plan: "Kế hoạch",
    tasks: "Nhiệm vụ",
    partnersOf: "{n} đối tác",
    delegationsOf: "{n} đoàn",
    projectsOf: "{n} dự án",
    partnersUnit: "đối tác",
    delegationsUnit: "đoàn đã diễn ra",
    projectsUnit: "dự án",
    tasksUnit: "nhiệm vụ",
    table: "Xem dạng bảng",
    place: "Nơi",
    count: "Số lượng",
    period: "Kỳ",
    value: "Giá trị",
    source: "Nguồn",
    kind: "Loại",
    total: "Tổng",
    call: "Lệnh gọi API",
    loading: "Đang tải…",
    failed: "Không tải được",
    offline: "Không kết nối được với API. Hãy kiểm tra mạng rồi thử lại.",
    moreOnProblem: "Lỗi này nghĩa là gì",
    again: "Thử lại",
    empty: "Chưa có dữ liệu công khai.",
    resources: {
      agencies: "Cơ quan", agreements: "Thỏa thuận", delegations: "Đoàn", documents: "Văn bản",
      events: "Sự kiện", indicators: "Chỉ tiêu", notices: "Thông báo", partners: "Đối tác",
      plans: "Kế hoạch", projects: "Dự án", sites: "Địa điểm", sources: "Nguồn", tasks: "Nhiệm vụ",
    },
  },
  en: {
    title: "Sơn La's register of foreign affairs",
    intro:
      "Every figure and picture below is drawn from the public API itself. Follow a picture, a bar or a tile to the very API call behind it.",
    skip: "Skip to the content",
    language: "Language",
    keyTitle: "An API key is needed",
    keyWhy:
      "This service shows nothing to readers without a key. Its administrator makes one with the command sonla keys create. A key pasted here stays in the memory of this page and is gone when it is closed; links to the API do not carry it.",
    keyLabel: "Key",
    keyUse: "Use this key",
    search: "Search",
    searchLabel: "Search all records (diacritics do not matter)",
    searchGo: "Search",
    found: "Found for “{q}”",
    nothing: "Nothing was found for “{q}”.",
    inexact: "Nothing matches exactly; these come near.",
    overview: "At a glance",
    partners: "Partners by country and Lao province",
    partnersWhat:
      "Each tile is a country or a province, roughly where it lies; no borders are drawn.",
    byCountry: "Partners by country",
    byProvince: "Partners by Lao province",
    noCountry: "{n} more name no country.",
    noProvince: "{n} more of Laos name no province.",
    delegations: "Delegations by half-year",
    delegationsWhat: "Delegations that took place, in the half-year that holds their whole time.",
    noHalf: "{n} lie in no single half-year, or their time is unknown.",
    earlier: "Earlier ones: see the table",
    unknown: "Not known",
    exports: "Exports by year",
    exportsWhat:
      "Each indicator counts something else, as its coverage says, and has a picture and a scale of its own; nothing is compared and no growth computed across coverages.",
    coverage: "Coverage:",
    partOfYear: "Striped bars: periods shorter than a year.",
    growth: "{n} on the year before, as printed",
    noValue: "no value",
    noSeries: "No indicator of exports has figures yet.",
    projects: "Projects by kind and country",
    projectsWhat: "The country is that of a partner who takes part; a project may stand under several.",
    byKind: "Projects by kind",
    byPartnerCountry: "Projects by country of their partners",
    documents: "From a resolution to tasks",
    documentsWhat: "What was issued and is to be done because of a document, with the health of each task.",
    symbolLabel: "Symbol of a document",
    symbolGo: "Draw the tree",
    tree: "All that exists because of {symbol}",
    alsoRests: "rests on {symbols} too",
    notFound: "No document has this symbol.",
    perhaps: "Perhaps {symbols}?",
    cut: "Only the first {n} of {total} are shown.",
    noEffects: "Nothing is recorded as following from this document.",
    plan: "Plan",
    tasks: "Tasks",
    partnersOf: "{n} partners",
    delegationsOf: "{n} delegations",
    projectsOf: "{n} projects",
    partnersUnit: "partners",
    delegationsUnit: "delegations that took place",
    projectsUnit: "projects",
    tasksUnit: "tasks",
    table: "Show as a table",
    place: "Place",
    count: "Number",
    period: "Period",
    value: "Value",
    source: "Source",
    kind: "Kind",
    total: "Total",
    call: "API call",
    loading: "Loading…",
    failed: "This could not be loaded",
    offline: "The API cannot be reached. Check the connection and try again.",
    moreOnProblem: "What this problem means",
    again: "Try again",
    empty: "There is no public data yet.",
    resources: {
      agencies: "Agency", agreements: "Agreement", delegations: "Delegation", documents: "Document",
      events: "Event", indicators: "Indicator", notices: "Notice", partners: "Partner",
      plans: "Plan", projects: "Project", sites: "Site", sources: "Source", tasks: "Task",
    },
  },
};
const LANGUAGES = Object.keys(WORDS);

/** The language that the page is in: the server chose it by ?lang= or Accept-Language. */
export const language = () => document.documentElement.lang;

export function setLanguage(chosen) {
  document.documentElement.lang = chosen;
}

/** A text in the reader's language; {names} in it are replaced. */
export function words(name, values = {}) {
  const text = WORDS[language()][name];
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

export const resourceName = (name) => WORDS[language()].resources[name] ?? name;

/**
 * The text of a record in the reader's language, else in another that it has.
 * Returns {text, lang}: a screen reader must know when the language is not that of the page.
 */
export function local(text) {
  const order = [language(), ...LANGUAGES, "lo"];
  const lang = order.find((one) => text?.[one]);
  return { text: lang ? text[lang] : "", lang: lang ?? language() };
}

/** A count or a decimal string, written as the language does; no digit is lost. */
export const number = (value, options = {}) =>
  new Intl.NumberFormat(language(), { maximumFractionDigits: 20, ...options }).format(value);

/** A share such as "0.088" as +8.8 %. */
export const percent = (value) =>
  number(value, { style: "percent", signDisplay: "exceptZero", maximumFractionDigits: 2 });

/** A period of the API (2024, 2025-H1, 2024-01/2024-05, 2024-06-26, an open end ..) in words. */
export function period(text) {
  if (!text) return words("unknown");
  if (typeof text !== "string") return text.duration; // a length that floats has no days
  return text.split("/").map(part).join(" – ");
}

function part(text) {
  if (text === "..") return "…";
  const year = text.slice(0, 4);
  const [letter, place] = text.slice(5); // H or Q, and which of them
  const isVietnamese = language() === "vi";
  if (letter === "H" && isVietnamese) return `Nửa ${place === "1" ? "đầu" : "cuối"} ${year}`;
  if (letter === "Q" && isVietnamese) return `Quý ${place}/${year}`;
  if (letter === "H" || letter === "Q") return `${letter}${place} ${year}`;
  if (text.length === 4) return year;
  const options = { year: "numeric", month: isVietnamese ? "numeric" : "short", timeZone: "UTC" };
  if (text.length === 10) options.day = "numeric";
  return new Intl.DateTimeFormat(language(), options).format(new Date(text));
}
