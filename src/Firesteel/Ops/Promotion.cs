namespace Firesteel;

/// <summary>Type promotion among operands, as PyTorch does it: tensors with dimensions before 0-d tensors before numbers, by category.</summary>
internal static class Promotion
{
    /// <summary>The common dtype (<c>torch.result_type</c>).</summary>
    public static DType Of(ReadOnlySpan<Operand> operands)
    {
        if (operands.Length > 0 && operands[0].Tensor is { Ndim: > 0 } first && AllAre(first.DType, operands)) return first.DType;
        DType? dim = null, zero = null, number = null;
        foreach (ref readonly var operand in operands)
        {
            if (operand.Tensor is not { } tensor) number = Join(number, operand.Scalar.DType == DType.Float64 ? DType.Float32 : operand.Scalar.DType);
            else if (tensor.IsWrappedNumber) number = Join(number, tensor.DType == DType.Float64 ? DType.Float32 : tensor.DType);
            else if (tensor.Ndim == 0) zero = Join(zero, tensor.DType);
            else dim = Join(dim, tensor.DType);
        }
        return Combine(Combine(dim, zero), number) ?? DType.Float32;
    }

    /// <summary>The common case: tensors of one dtype, and numbers that do not widen it.</summary>
    private static bool AllAre(DType dtype, ReadOnlySpan<Operand> operands)
    {
        foreach (ref readonly var operand in operands)
        {
            if (operand.Tensor is { } tensor ? tensor.DType != dtype : !dtype.IsFloatingPoint()) return false;
        }
        return true;
    }

    /// <exception cref="ArgumentException">A floating-point result for an integer target, or any other than bool for bool.</exception>
    public static void CheckStorable(string operation, DType result, DType target)
    {
        if (Category(result) > Category(target))
            throw OperationError.Argument(operation, $"result type {result.Name()} can't be cast to the desired output type {target.Name()}. Convert the target with To(DType.{result}) first.");
    }

    private static DType Join(DType? a, DType b) => a is { } known ? DTypes.Promote(known, b) : b;

    private static DType? Combine(DType? higher, DType? lower)
    {
        if (higher is not { } h) return lower;
        if (lower is not { } l) return h;
        return Category(h) >= Category(l) ? h : DTypes.Promote(h, l);
    }

    private static int Category(DType dtype) => dtype == DType.Bool ? 0 : dtype.IsInteger() ? 1 : 2;
}
