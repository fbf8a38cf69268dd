"""What may be done about a doubt: say why it may stand, and take that back."""

from sonla_api.kit.codes import CodeList


class FlagVerb(CodeList):
    acknowledge = "acknowledge", "Acknowledge", "Ghi nhận"
    withdraw = "withdraw", "Withdraw the acknowledgement", "Rút lại việc ghi nhận"
