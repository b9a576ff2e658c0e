namespace Firesteel;

public partial class Tensor
{
    /// <summary>True if an element is not zero; bool, or uint8 for uint8 (<c>torch.any</c>).</summary>
    public Tensor Any() => Logical("any", ReduceOp.Max, [], false);

    /// <summary>True where an element along a dimension is not zero (<c>torch.any</c>).</summary>
    public Tensor Any(long dim, bool keepdim = false) => Logical("any", ReduceOp.Max, [dim], keepdim);

    /// <summary>True where an element along dimensions, all if none are given, is not zero (<c>torch.any</c>).</summary>
    public Tensor Any(ReadOnlySpan<long> dim, bool keepdim = false) => Logical("any", ReduceOp.Max, dim, keepdim);

    /// <summary>True if no element is zero; bool, or uint8 for uint8 (<c>torch.all</c>).</summary>
    public Tensor All() => Logical("all", ReduceOp.Min, [], false);

    /// <summary>True where no element along a dimension is zero (<c>torch.all</c>).</summary>
    public Tensor All(long dim, bool keepdim = false) => Logical("all", ReduceOp.Min, [dim], keepdim);

    /// <summary>True where no element along dimensions, all if none are given, is zero (<c>torch.all</c>).</summary>
    public Tensor All(ReadOnlySpan<long> dim, bool keepdim = false) => Logical("all", ReduceOp.Min, dim, keepdim);

    private Tensor Logical(string name, ReduceOp op, ReadOnlySpan<long> dim, bool keepdim)
    {
        var (kept, shape) = ReducedShapes(name, dim, keepdim);
        var dtype = DType == DType.UInt8 ? DType.UInt8 : DType.Bool;
        if (NumElements == 0) return Full(shape, op == ReduceOp.Min, dtype, Device);
        return new Tensor(Plain().To(DType.Bool).Reduced(op, kept, dtype).With(shape));
    }
}
