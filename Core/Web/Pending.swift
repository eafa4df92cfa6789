/// Stands for the kernel's variant until the kernel has it.
public enum Variant {}
