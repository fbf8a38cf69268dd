"""How a project of each kind goes on, as one table."""

from sonla_api.kit.codes import CodeList


class ProjectKind(CodeList):
    fdi = "fdi", "Foreign direct investment", "Đầu tư trực tiếp nước ngoài"
    oda_loan = "oda_loan", "ODA loan", "Vốn vay ODA"
    oda_grant = "oda_grant", "ODA grant", "ODA không hoàn lại"
    oda_technical = "oda_technical", "ODA technical assistance", "Hỗ trợ kỹ thuật ODA"
    ngo_aid = "ngo_aid", "Foreign NGO aid", "Viện trợ phi chính phủ nước ngoài"
    outgoing_aid = "outgoing_aid", "Aid given abroad", "Viện trợ, hỗ trợ nước ngoài"
    infrastructure = "infrastructure", "Infrastructure", "Hạ tầng"
    domestic_investment = "domestic_investment", "Domestic investment", "Đầu tư trong nước"


class ProjectState(CodeList):
    pipeline = "pipeline", "Pipeline", "Đề xuất"
    preparation = "preparation", "In preparation", "Chuẩn bị"
    approved = "approved", "Approved", "Đã phê duyệt"
    implementing = "implementing", "Implementing", "Đang thực hiện"
    completed = "completed", "Completed", "Đã hoàn thành"
    closed = "closed", "Closed", "Đã đóng"
    suspended = "suspended", "Suspended", "Tạm dừng"
    cancelled = "cancelled", "Cancelled", "Đã hủy"
    terminated = "terminated", "Terminated", "Đã chấm dứt"
