"""The types of documents, and how symbols abbreviate them."""

from sonla_api.documents.abbreviations import Abbreviations
from sonla_api.kit.codes import CodeList


class DocumentType(CodeList):
    """What Decree 30/2020/NĐ-CP, the law of 2015 on legal documents and the Party name."""

    # The 29 administrative types of Decree 30/2020/NĐ-CP, article 7, in its order.
    resolution = "resolution", "Resolution", "Nghị quyết"
    decision = "decision", "Decision", "Quyết định"
    directive = "directive", "Directive", "Chỉ thị"
    regulation = "regulation", "Regulation", "Quy chế"
    rules = "rules", "Rules", "Quy định"
    communique = "communique", "Communiqué", "Thông cáo"
    notice = "notice", "Notice", "Thông báo"
    guidance = "guidance", "Guidance", "Hướng dẫn"
    programme = "programme", "Programme", "Chương trình"
    plan = "plan", "Plan", "Kế hoạch"
    option = "option", "Course of action", "Phương án"
    scheme = "scheme", "Scheme", "Đề án"
    project = "project", "Project", "Dự án"
    report = "report", "Report", "Báo cáo"
    minutes = "minutes", "Minutes", "Biên bản"
    submission = "submission", "Submission", "Tờ trình"
    contract = "contract", "Contract", "Hợp đồng"
    official_letter = "official_letter", "Official letter", "Công văn"
    telegram = "telegram", "Official telegram", "Công điện"
    memorandum = "memorandum", "Memorandum", "Bản ghi nhớ"
    accord = "accord", "Accord", "Bản thỏa thuận"
    power_of_attorney = "power_of_attorney", "Power of attorney", "Giấy ủy quyền"
    invitation = "invitation", "Invitation", "Giấy mời"
    introduction = "introduction", "Letter of introduction", "Giấy giới thiệu"
    leave = "leave", "Leave paper", "Giấy nghỉ phép"
    sending_note = "sending_note", "Sending note", "Phiếu gửi"
    transfer_note = "transfer_note", "Transfer note", "Phiếu chuyển"
    advice_note = "advice_note", "Advice note", "Phiếu báo"
    formal_letter = "formal_letter", "Formal letter", "Thư công"
    # Legal documents by Law 80/2015/QH13, article 4, beside resolution, decision and directive.
    constitution = "constitution", "Constitution", "Hiến pháp"
    code = "code", "Code", "Bộ luật"
    law = "law", "Law", "Luật"
    ordinance = "ordinance", "Ordinance", "Pháp lệnh"
    order = "order", "Order", "Lệnh"
    decree = "decree", "Decree", "Nghị định"
    circular = "circular", "Circular", "Thông tư"
    joint_resolution = "joint_resolution", "Joint resolution", "Nghị quyết liên tịch"
    joint_circular = "joint_circular", "Joint circular", "Thông tư liên tịch"
    # The Party's own, by Regulation 66-QĐ/TW and Guidance 36-HD/VPTW.
    platform = "platform", "Political platform", "Cương lĩnh chính trị"
    statutes = "statutes", "Statutes", "Điều lệ"
    strategy = "strategy", "Strategy", "Chiến lược"
    conclusion = "conclusion", "Conclusion", "Kết luận"
    party_circular = "party_circular", "Circular of the Party", "Thông tri"
    declaration = "declaration", "Declaration", "Tuyên bố"
    appeal = "appeal", "Appeal", "Lời kêu gọi"
    master_plan = "master_plan", "Master plan", "Quy hoạch"
    certificate = "certificate", "Certificate", "Giấy chứng nhận"
    travel_order = "travel_order", "Travel order", "Giấy đi đường"
    other = "other", "Other", "Khác"


T = DocumentType
Types = tuple[DocumentType, ...]
"""What an abbreviation may stand for, the likeliest first."""

ADMINISTRATIVE = Abbreviations[Types](
    {
        "NQ": (T.resolution,),
        "QĐ": (T.decision,),
        "CT": (T.directive,),
        "QC": (T.regulation,),
        "QyĐ": (T.rules,),
        "TC": (T.communique,),
        "TB": (T.notice,),
        "HD": (T.guidance,),
        "CTr": (T.programme,),
        "KH": (T.plan,),
        "PA": (T.option,),
        "ĐA": (T.scheme,),
        "DA": (T.project,),
        "BC": (T.report,),
        "BB": (T.minutes,),
        "TTr": (T.submission,),
        "HĐ": (T.contract,),
        "CĐ": (T.telegram,),
        "BGN": (T.memorandum,),
        "BTT": (T.accord,),
        "GUQ": (T.power_of_attorney,),
        "GM": (T.invitation,),
        "GGT": (T.introduction,),
        "GNP": (T.leave,),
        "PG": (T.sending_note,),
        "PC": (T.transfer_note,),
        "PB": (T.advice_note,),
        # In use, though the decree gives letters no abbreviation and does not know conclusions.
        "CV": (T.official_letter,),
        "KL": (T.conclusion,),
    }
)
LEGAL = Abbreviations[Types](
    {
        "NĐ": (T.decree,),
        "NQ": (T.resolution,),
        "QĐ": (T.decision,),
        "CT": (T.directive,),
        "TT": (T.circular,),
        "L": (T.order,),
        "PL": (T.ordinance,),
        "NQLT": (T.joint_resolution,),
        "TTLT": (T.joint_circular,),
    }
)
"""Of documents whose symbols carry a year."""

PARTY = Abbreviations[Types](
    {
        "NQ": (T.resolution,),
        "QĐ": (T.decision, T.rules),
        "QĐi": (T.rules,),
        "QyĐ": (T.rules,),
        "CT": (T.directive,),
        "KL": (T.conclusion,),
        "QC": (T.regulation,),
        "TT": (T.party_circular,),
        "HD": (T.guidance,),
        "TB": (T.notice,),
        "TC": (T.communique,),
        "BC": (T.report,),
        "KH": (T.plan,),
        "QH": (T.master_plan,),
        "CTr": (T.programme,),
        "PA": (T.option,),
        "ĐA": (T.scheme,),
        "DA": (T.project,),
        "TTr": (T.submission,),
        "CV": (T.official_letter,),
        "BB": (T.minutes,),
        "CĐ": (T.telegram,),
        "HĐ": (T.contract,),
        "GM": (T.invitation,),
        "GGT": (T.introduction,),
        "GCN": (T.certificate,),
        "GNP": (T.leave,),
        "PG": (T.sending_note,),
    }
)
NATIONAL_ASSEMBLY = Abbreviations[Types](
    {
        "QH": (T.law, T.resolution, T.code, T.constitution),
        "UBTVQH": (T.ordinance, T.resolution),
    }
)
"""Their symbols name the issuer and its term, and no type."""

JOINT = ("LT", "LN", "PH")
"""Behind an abbreviation: of several issuers (liên tịch, liên ngành, phối hợp)."""
