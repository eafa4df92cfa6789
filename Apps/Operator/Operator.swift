@main struct Operator { static func main() {} }
