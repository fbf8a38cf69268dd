"""The parts of a report that have a text: its sections, and what stands around them."""

from sonla_api.kit.codes import CodeList


class Part(CodeList):
    """Where a text of a report stands."""

    opening = "opening", "Opening", "Phần mở đầu"
    delegations = "delegations", "Delegations", "Đoàn ra, đoàn vào"
    partners = "partners", "Partners", "Đối tác"
    agreements = "agreements", "Agreements", "Thỏa thuận quốc tế"
    fdi = "fdi", "Foreign direct investment", "Đầu tư trực tiếp nước ngoài"
    oda = "oda", "Official development assistance", "Vốn ODA"
    ngo_aid = "ngo_aid", "Foreign NGO aid", "Viện trợ phi chính phủ nước ngoài"
    outgoing_aid = "outgoing_aid", "Aid given abroad", "Viện trợ, hỗ trợ nước ngoài"
    events = "events", "Events", "Sự kiện đối ngoại, xúc tiến thương mại"
    trade = "trade", "Trade", "Xuất khẩu, nhập khẩu"
    work = "work", "Plans and tasks", "Kế hoạch và nhiệm vụ"
    difficulties = "difficulties", "Difficulties", "Khó khăn, hạn chế"
    next_period = "next_period", "Next period", "Nhiệm vụ kỳ tới"
    proposals = "proposals", "Proposals", "Kiến nghị, đề xuất"


CLOSING = (Part.difficulties, Part.next_period, Part.proposals)
"""Texts that belong to no section, as the last parts of a report."""
