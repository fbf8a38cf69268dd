"""How an agency takes on a task and finishes it, as one table."""

from sonla_api.kit.codes import CodeList


class AssignmentState(CodeList):
    assigned = "assigned", "Assigned", "Đã giao"
    accepted = "accepted", "Accepted", "Đã nhận"
    in_progress = "in_progress", "In progress", "Đang thực hiện"
    submitted = "submitted", "Result submitted", "Đã trình kết quả"
    returned = "returned", "Returned for completion", "Trả lại để hoàn thiện"
    extension_requested = "extension_requested", "Extension requested", "Đã xin gia hạn"
    extended = "extended", "Extended", "Đã gia hạn"
    done = "done", "Done", "Đã hoàn thành"
    cancelled = "cancelled", "Withdrawn", "Đã rút"
