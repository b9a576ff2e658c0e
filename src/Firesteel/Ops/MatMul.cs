namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<ValueTuple> s_mm = new("mm",
        (Save.Input1, static (in s, g) => g.Mm(s.Input(1).Transpose(0, 1))),
        (Save.Input0, static (in s, g) => s.Input(0).Transpose(0, 1).Mm(g)));

    /// <summary>The product of two matrices, [m, k] x [k, n] (<c>torch.mm</c>).</summary>
    /// <exception cref="ArgumentException">No matrices, other inner dimensions or dtypes.</exception>
    public Tensor Mm(Tensor mat2)
    {
        if (Ndim != 2 || mat2.Ndim != 2) throw OperationError.Argument("mm", $"{OperationError.Text(Shape)} x {OperationError.Text(mat2.Shape)}: both must be matrices; Matmul broadcasts over leading dimensions");
        if (Shape.Sizes[1] != mat2.Shape.Sizes[0])
            throw OperationError.Argument("mm", $"{OperationError.Text(Shape)} x {OperationError.Text(mat2.Shape)}: inner dimensions {Shape.Sizes[1]} and {mat2.Shape.Sizes[0]} differ");
        if (DType != mat2.DType) throw OperationError.Argument("mm", $"expected both tensors to have the same dtype, but got {DType.Name()} and {mat2.DType.Name()}; convert one with To(DType)");
        var view = Allocate(new Shape([Shape.Sizes[0], mat2.Shape.Sizes[1]]), DType, Device);
        Device.Run(new KernelCall(MatMulKernel.Instance, [view], [Layout, mat2.Layout]));
        return s_mm.Record(view, [this, mat2], default);
    }
}
