"""Every error a caller can see, in English and Vietnamese. Nothing else becomes an answer."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from sonla_api.kit.limits import Share
from sonla_api.kit.text import Message


class FieldError(NamedTuple):
    """One thing wrong with a body or a query: where (a JSON pointer), a stable code, and why."""

    pointer: str
    code: str
    message: Message


class Problem(Exception):  # noqa: N818  the word of RFC 9457
    """The root of all problems; `remedy` tells the caller what to do."""

    status: ClassVar[int] = 500
    title: ClassVar[Message] = Message("Unexpected error", "Lỗi không mong đợi")
    remedy: ClassVar[Message] = Message(
        "Send the request again; if it fails again, report its request_id.",
        "Hãy gửi lại yêu cầu; nếu vẫn lỗi, hãy báo mã request_id.",
    )
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        detail: Message | None = None,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail.en if detail else self.title.en)
        self.detail = detail or self.remedy
        self.errors = errors
        self.sent_headers = {**self.headers, **(headers or {})}
        self.members = members

    @classmethod
    def slug(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    def body(self, language: str) -> dict[str, Any]:
        """The problem document, in `vi` or `en`."""
        body: dict[str, Any] = {
            "type": f"/docs/problems/{self.slug()}",
            "title": getattr(self.title, language),
            "status": self.status,
            "detail": getattr(self.detail, language),
            **self.members,
        }
        if self.errors:
            body["errors"] = [
                {"pointer": e.pointer, "code": e.code, "message": getattr(e.message, language)}
                for e in self.errors
            ]
        return body


class BadRequest(Problem):
    status = 400
    title = Message("The request cannot be understood", "Không hiểu được yêu cầu")
    remedy = Message(
        "Put right what `errors` or `detail` names and send it again.",
        "Hãy sửa điều nêu ở `errors` hoặc `detail` rồi gửi lại.",
    )


class Unauthenticated(Problem):
    status = 401
    title = Message("Credentials required", "Cần thông tin xác thực")
    remedy = Message(
        "Send a valid key as `Authorization: Bearer sonla_…`.",
        "Hãy gửi khóa hợp lệ ở `Authorization: Bearer sonla_…`.",
    )
    headers = {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    status = 403
    title = Message("Not permitted", "Không được phép")
    remedy = Message(
        "Ask an administrator for the permission named.",
        "Hãy đề nghị quản trị viên cấp quyền được nêu.",
    )

    def __init__(self, permission: str) -> None:
        why = Message("This needs the permission {p}.", "Việc này cần quyền {p}.")
        super().__init__(why.format(p=permission), permission=permission)


class NotYours(Forbidden):
    title = Message("The record belongs to another agency", "Bản ghi thuộc cơ quan khác")
    remedy = Message(
        "Its owner, an agency above it or an administrator can change it.",
        "Cơ quan chủ quản, cơ quan cấp trên hoặc quản trị viên mới được sửa.",
    )

    def __init__(self) -> None:
        Problem.__init__(self)


class NoAgency(Forbidden):
    title = Message("The credential belongs to no agency", "Khóa không thuộc cơ quan nào")
    remedy = Message(
        "Use a key that was given to an agency; this is about that agency's work.",
        "Hãy dùng khóa đã cấp cho một cơ quan; ở đây là công việc của cơ quan đó.",
    )

    def __init__(self) -> None:
        Problem.__init__(self)


class NotFound(Problem):
    status = 404
    title = Message("Not found", "Không tìm thấy")
    remedy = Message(
        "Check the address; a record you may not see is not found either.",
        "Hãy kiểm tra địa chỉ; bản ghi bạn không được xem cũng coi là không có.",
    )


class MethodNotAllowed(Problem):
    status = 405
    title = Message("Method not allowed here", "Phương thức không dùng được ở đây")
    remedy = Message("Use a method that Allow names.", "Hãy dùng phương thức nêu ở Allow.")


class NotAcceptable(Problem):
    status = 406
    title = Message("No acceptable format", "Không có định dạng phù hợp")
    remedy = Message("This address answers application/json.", "Địa chỉ này trả application/json.")


class RequestTimeout(Problem):
    status = 408
    title = Message("The request took too long to arrive", "Yêu cầu đến quá chậm")
    remedy = Message(
        "Send the request again, over a faster line.",
        "Hãy gửi lại yêu cầu qua đường truyền tốt hơn.",
    )


class Conflict(Problem):
    status = 409
    title = Message("Conflict with the current state", "Xung đột với trạng thái hiện tại")
    remedy = Message(
        "Read the record again and decide anew.", "Hãy đọc lại bản ghi rồi quyết định lại."
    )


class VerbImpossible(Conflict):
    title = Message("Not possible in this state", "Không thực hiện được ở trạng thái này")
    remedy = Message("Use one of the verbs in `possible`.", "Hãy dùng một thao tác ở `possible`.")


class Duplicate(Conflict):
    title = Message("Already exists", "Đã tồn tại")
    remedy = Message(
        "Use the existing record or another value.", "Hãy dùng bản ghi đã có hoặc giá trị khác."
    )


class InUse(Conflict):
    title = Message("Still referred to", "Đang được tham chiếu")
    remedy = Message(
        "First change what `referred_by` names.", "Trước hết hãy sửa những gì `referred_by` nêu."
    )


class Busy(Conflict):
    title = Message("Another request is changing this", "Yêu cầu khác đang sửa bản ghi này")
    remedy = Message("Send the request again shortly.", "Hãy gửi lại sau giây lát.")
    headers = {"Retry-After": "1"}


class Gone(Problem):
    status = 410
    title = Message("Removed", "Đã bị xóa")
    remedy = Message(
        "The record was removed; its history can still be read.",
        "Bản ghi đã bị xóa; vẫn đọc được lịch sử.",
    )


class PositionLost(Gone):
    title = Message("A position that is no longer there", "Vị trí không còn nữa")
    remedy = Message(
        "The register was restored from a backup that does not have the change at this position. "
        "Read everything anew, from 0-0-0, and drop what does not come again.",
        "Sổ đăng ký đã được khôi phục từ bản sao lưu không có thay đổi ở vị trí này. "
        "Hãy đọc lại tất cả từ 0-0-0 và bỏ những gì không còn xuất hiện.",
    )


class Merged(Gone):
    """Of a record that somebody meant to change: who sent this has not read its survivor."""

    title = Message("Merged into another record", "Đã gộp vào bản ghi khác")
    remedy = Message(
        "Nothing was changed; read the record that `survivor` names and decide anew.",
        "Chưa có gì thay đổi; hãy đọc bản ghi nêu ở `survivor` rồi quyết định lại.",
    )

    def __init__(self, survivor: UUID) -> None:
        super().__init__(survivor=str(survivor))


class Moved(Problem):
    """Merged, told to a reader: its address leads to the same place of the survivor."""

    status = 308
    title = Merged.title
    remedy = Message("Use the address in Location.", "Hãy dùng địa chỉ ở Location.")

    def __init__(self, survivor: UUID) -> None:
        super().__init__(survivor=str(survivor))
        self.survivor = survivor


class StaleVersion(Problem):
    status = 412
    title = Message("The record changed since it was read", "Bản ghi đã thay đổi sau khi đọc")
    remedy = Message(
        "Read it again and send the change with its new ETag.",
        "Hãy đọc lại rồi gửi thay đổi kèm ETag mới.",
    )


class TooLarge(Problem):
    status = 413
    title = Message("The body is too large", "Nội dung quá lớn")
    remedy = Message(
        "Send less at once; `limit` says how many bytes are taken.",
        "Hãy gửi ít hơn; `limit` cho biết số byte tối đa.",
    )


class UnsupportedMediaType(Problem):
    status = 415
    title = Message("Unsupported content type", "Kiểu nội dung không được hỗ trợ")
    remedy = Message(
        "Send JSON with `Content-Type: application/json`.",
        "Hãy gửi JSON với `Content-Type: application/json`.",
    )


class Invalid(Problem):
    status = 422
    title = Message("A value breaks a rule", "Giá trị không hợp lệ")
    remedy = Message(
        "Put right what `errors` names and send it again.",
        "Hãy sửa những điểm nêu ở `errors` rồi gửi lại.",
    )


class VersionRequired(Problem):
    status = 428
    title = Message("If-Match required", "Cần If-Match")
    remedy = Message(
        "Send If-Match with the ETag that you read, or * to overwrite.",
        "Hãy gửi If-Match với ETag đã đọc, hoặc * để ghi đè.",
    )


class TooManyRequests(Problem):
    status = 429
    title = Message("Too many requests", "Quá nhiều yêu cầu")
    remedy = Message("Wait as long as Retry-After says.", "Hãy chờ theo Retry-After.")

    def __init__(self, share: Share) -> None:
        told = {name.decode(): value.decode() for name, value in share.headers}
        super().__init__(headers={"Retry-After": str(share.reset), **told})


class Unavailable(Problem):
    status = 503
    title = Message("The database cannot be reached", "Không kết nối được cơ sở dữ liệu")
    remedy = Message(
        "Nothing was changed unless you were told so; try again after Retry-After seconds.",
        "Chưa có gì thay đổi nếu chưa được báo; hãy thử lại sau Retry-After giây.",
    )
    headers = {"Retry-After": "5"}
