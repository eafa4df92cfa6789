"""Paying sellers by a file for a bank: an administrator sets it up, makes the file, and writes down
what the bank did; a message of the bank is read too."""

import re

# A status report about a file that is not ours: it is kept, and changes nothing.
MESSAGE = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-11-21T10:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{about}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>
<GrpSts>ACSC</GrpSts></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"""


class Bank:
    def __init__(self, admin, say, tag: str):
        self.admin, self.say, self.tag = admin, say, tag
        self.name = say(f"House bank {tag}", 60)

    def take_over(self):
        """What the sandbox holds is paid out by file from now on."""
        admin = self.admin.go("/providers/new?module=bank-file-payouts")
        admin.name_field("name", self.name)
        admin.name_field("settings.1.value", self.say("Guildhall Market", 140))
        admin.name_field("settings.2.value", "DE89370400440532013000").press("Make a draft")
        admin.sees("The draft is there").follow(f"House bank {self.tag}")
        admin.press("Check that it works").open("Activate")
        admin.name_field("reason", self.say("The bank agreed.", 500), "form[action$='/activation']")
        admin.press("Activate").sees("takes new business")
        self.choose("North", self.name)

    def choose(self, holder: str, payer: str):
        admin = self.admin.go("/payout-files").open("Change who pays out")
        form = admin.page.locator("form[action='/payout-routes']")
        form.locator("[name=holder]").select_option(label=holder)
        form.locator("[name=payer]").select_option(label=payer)
        form.locator("[name=reason]").fill(self.say("It is cheaper.", 500))
        form.get_by_role("button").click()
        admin.page.locator("main [role=status]").wait_for()

    def pay(self) -> list[str]:
        """Makes the file of what waits, and hands the rest of the payouts back to the sandbox.

        Returns the pages that came of it."""
        admin = self.admin.sees_later("Make a file of", "/payout-files")
        admin.page.get_by_role("button", name=re.compile("^Make a file of")).first.click()
        admin.sees_later("pain|[.]xml", "/payout-files")
        admin.page.locator("main table a[href^='/payout-files/']").first.click()
        file = admin.where().split("?")[0]
        admin.open("Write down what the bank did").name_field(
            "reason", self.say("As the bank says.", 500), "form[action$='/results']")
        admin.press("Write down what the bank did")
        admin.page.locator("main [role=status]").wait_for()
        admin.go("/bank-reports")
        admin.page.locator("[name=instance]").select_option(label=self.name)
        admin.page.locator("input[type=file]").set_input_files({
            "name": "status.xml", "mimeType": "application/xml",
            "buffer": MESSAGE.format(message=f"S-{self.tag}", about=f"F-{self.tag}").encode()})
        admin.press("Read it").sees("settled")
        report = admin.where().split("?")[0]
        self.choose("North", "itself")
        return [file, report]
