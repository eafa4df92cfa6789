import Kernel
import Vocabulary
import Web

enum ChecklistPages {
    static func list(_ rows: [ChecklistRow], mayEdit: Bool) -> DeskPage {
        let table = Table(
            ["Order#", "What is looked at", "Needed", "For sellers in", "State"],
            rows.map { row in
                [
                    .number(row.position), Cell(data: row.text),
                    row.isRequired ? Cell("required", .waiting) : Cell("if it fits"),
                    row.countries.isEmpty
                        ? Cell("every country")
                        : Cell(data: row.countries.joined(separator: ", ")),
                    row.isActive ? Cell("asked", .good) : Cell("no longer asked"),
                ]
            })
        var blocks = [
            Block(table: table, nothing: "The list is empty: nothing has to be ticked.")
        ]
        if mayEdit {
            blocks.append(
                Block(
                    "Add a row",
                    forms: [
                        .reasoned(
                            "Add the row", to: "/checklist",
                            hint: """
                                Whoever verifies a seller from then on finds it in the list. \
                                Sellers who are verified already stay verified.
                                """,
                            inputs(nil, last: rows.last))
                    ]))
            if !rows.isEmpty {
                blocks.append(
                    Block(
                        "Change a row",
                        forms: rows.map { row in
                            .dangerous(
                                "Change “\(row.text)”", to: "/checklist/\(row.id)",
                                hint: """
                                    It holds for everybody who is not verified yet. What was \
                                    ticked before keeps the words of then.
                                    """, inputs(row, last: nil))
                        }))
            }
        }
        return DeskPage(
            "Checklist",
            lead: """
                What is looked at before a seller is verified. What was decided before a row \
                changed keeps the words of then.
                """, blocks)
    }

    private static func inputs(_ row: ChecklistRow?, last: ChecklistRow?) -> [Input] {
        var inputs: [Input] = [
            .line("text", "What is looked at", row?.text ?? ""),
            .choice(
                "isRequired", "Needed",
                [
                    (key: "true", text: "nobody is verified without it"),
                    (key: "false", text: "if it fits"),
                ],
                chosen: row.map { String($0.isRequired) }),
            .line(
                "countries", "For sellers in", row?.countries.joined(separator: ", ") ?? "",
                help: "Codes with commas between them, such as DE, AT. Blank is every country.",
                required: false),
            .line(
                "position", "Order",
                String(row?.position ?? min((last?.position ?? 0) + 10, 10_000)),
                help: "Smaller ones stand first.", type: "number"),
        ]
        if let row {
            inputs.append(
                .choice(
                    "isActive", "State",
                    [(key: "true", text: "asked"), (key: "false", text: "no longer asked")],
                    chosen: String(row.isActive)))
        }
        return inputs
    }

    /// The list for one seller, with what can be ticked.
    static func block(_ file: SellerFile, _ id: ID<Seller>, _ mayDecide: Bool) -> Block {
        let isOpen = file.seller.state == "submitted" && mayDecide
        let rows = file.checklist.map { entry in
            [
                Cell(data: entry.text),
                entry.isRequired ? Cell("required", .waiting) : Cell("if it fits"),
                entry.tickedAt == nil ? Cell("not ticked") : Cell("✓ ticked", .good),
                Cell(data: entry.tickedByName ?? ""), .time(entry.tickedAt),
                Cell(data: entry.note ?? ""),
            ]
        }
        let forms = file.checklist.map { entry in
            let path = "/sellers/\(id)/checklist/\(entry.row)"
            return entry.tickedAt == nil
                ? DeskForm(
                    "Tick “\(entry.text)”", to: path + "/tick",
                    [.line("note", "Note", required: false)])
                : DeskForm.dangerous(
                    "Take back “\(entry.text)”", to: path + "/removal",
                    hint: "It is open again; nobody is verified while a required one is open.")
        }
        return Block(
            "Checklist",
            facts: [Fact("Rows", "all of them", to: "/checklist")],
            table: Table(["What is looked at", "Needed", "State", "By", "At", "Note"], rows),
            forms: isOpen ? forms : [],
            nothing: file.seller.state == "submitted"
                ? "Nothing has to be ticked." : "Nothing was ticked.")
    }
}
