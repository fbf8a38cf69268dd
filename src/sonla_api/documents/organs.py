"""How symbols abbreviate those who issue documents."""

from sonla_api.documents.abbreviations import names

# Lists of abbreviations, a line as many as it holds: the formatter would give each its own.
# fmt: off
_PARTY = (
    "TW", "TU", "HU", "ThU", "QU", "ĐU", "ĐUK", "ĐUQS", "ĐUCA", "BCSĐ", "BCSĐCP", "ĐĐ", "VPTW",
    "BTCTW", "BTGTW", "BTGDVTW", "BDVTW", "BĐNTW", "BNCTW", "BKTTW", "UBKTTW", "BCSTW", "QUTW",
    "VPTU", "BTCTU", "BTGTU", "BTGDVTU", "BDVTU", "BNCTU", "UBKTTU", "VPHU", "UBKTHU", "TWĐTN",
)

_STATE = (
    "QH", "UBTVQH", "CTN", "CP", "TTg", "HĐBT", "VPQH", "VPCTN", "VPCP", "TTCP", "TTr",
    "TANDTC", "VKSNDTC", "KTNN", "HĐTP", "NHNN", "BHXH", "UBDT", "TTKQH",
    # Ministries, those before March 2025 too.
    "BNG", "BQP", "BCA", "BNV", "BTP", "BTC", "BCT", "BNNMT", "BNNPTNT", "BXD", "BGTVT", "BKHCN",
    "BKHĐT", "BTNMT", "BTTTT", "BVHTTDL", "BGDĐT", "BYT", "BLĐTBXH", "BDTTG",
    # Of a province, of a commune.
    "UBND", "HĐND", "VPUB", "VPUBND", "ĐĐBQH", "VPĐĐBQH",
    "SNgV", "SNV", "STP", "STC", "SCT", "SNNMT", "SNNPTNT", "SXD", "SGTVT", "SKHCN", "SKHĐT",
    "STNMT", "STTTT", "SVHTTDL", "SGDĐT", "SYT", "SLĐTBXH", "SDTTG", "BDT", "TTT",
    "CAT", "BCHQS", "BĐBP", "BCHBĐBP", "CTK", "KBNN", "BQL", "BQLDA", "BQLKCN", "CCHQ",
    "UBMTTQ", "MTTQ", "LĐLĐ", "LHHN", "LHCTCHN", "HLHPN", "HND", "HCCB",
)
PARTY = names(_PARTY)
"""The Party and the organisations that write as it does."""

STATE = names(_STATE)
"""The State and mass organisations that write as it does."""

ALL = names(_PARTY, _STATE)
CLASSES = (
    "BCĐ", "BCH", "BHXH", "BQL", "BTL", "B", "CA", "CC", "CĐ", "CT", "CTy", "Cty", "C", "ĐH",
    "HĐ", "HQ", "H", "KB", "LĐ", "LH", "NH", "S", "TA", "TC", "TĐ", "TH", "TT", "T", "UB",
    "VKS", "VP", "V",
)
"""How the abbreviations of ministries, departments, boards, schools and the like begin."""
