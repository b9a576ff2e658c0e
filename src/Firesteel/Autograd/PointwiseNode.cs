using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>A recorded <see cref="Pointwise"/> operation: keeps just what its gradient formulas read.</summary>
internal sealed class PointwiseNode : Node
{
    private readonly Pointwise _operation;
    private Kept2 _operands;
    private Kept[]? _moreOperands;
    private SavedTensor _output;

    public PointwiseNode(Pointwise operation, ReadOnlySpan<Operand> operands, OutputInfo output, Tensor? original)
    {
        _operation = operation;
        Output = output;
        SetEdgeCount(operands.Length);
        if (operands.Length > Kept2.Length) _moreOperands = new Kept[operands.Length];
        for (int i = 0; i < operands.Length; i++)
            if (operands[i].Tensor is { RequiresGrad: true } tensor) SetEdge(i, tensor.GradientEdge);
        for (int i = 0; i < operands.Length; i++)
        {
            if (EdgeAt(i).Target is null || operation.PartOf(i) is not { } part) continue;
            foreach (int use in part.Uses)
            {
                if (use >= operands.Length) continue;
                ref var kept = ref OperandAt(use);
                kept = operands[use].Tensor is { } tensor ? new Kept(use == 0 && original is not null ? original : tensor) : new Kept(operands[use].Scalar);
            }
        }
        NoteModule();
    }

    public override string Name => _operation.NodeName;

    /// <summary>Keeps the result if a formula reads it.</summary>
    public void SaveOutput(Tensor output)
    {
        for (int i = 0; i < EdgeCount; i++)
            if (EdgeAt(i).Target is not null && _operation.PartOf(i) is { ReadsResult: true }) _output = new SavedTensor(output);
    }

    internal override Tensor? InputGradient(int input, ReadOnlySpan<Tensor?> gradients)
    {
        var g = gradients[0]!;
        if (_operation.PartOf(input) is not { } part) return Tensor.ZerosLike(g);
        if (part.Operation is null && part.Uses[0] == _operation.Arity + 1) return g;
        var buffer = new OperandBuffer();
        Span<Operand> operands = part.Uses.Length <= OperandBuffer.Length ? ((Span<Operand>)buffer)[..part.Uses.Length] : new Operand[part.Uses.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            int use = part.Uses[i];
            operands[i] = use == _operation.Arity + 1 ? g : use == _operation.Arity ? _output.Unpack(this) : OperandAt(use).Unpack(this);
        }
        return part.Operation is null ? operands[0].Tensor : part.Operation.Run(operands);
    }

    internal override void Release()
    {
        _operands = default;
        if (_moreOperands is not null) Array.Clear(_moreOperands);
        _output.Release();
    }

    private ref Kept OperandAt(int i)
    {
        if (_moreOperands is { } many) return ref many[i];
        return ref _operands[i];
    }

    /// <summary>A tensor with the version that it had, or the bits of a number: in as little room as possible, because every node has several.</summary>
    private readonly struct Kept
    {
        /// <summary>The tensor; for a number its geometry, which has the dtype.</summary>
        private readonly object? _tensor;
        private readonly long _bits;

        public Kept(Tensor tensor) => (_tensor, _bits) = (tensor, tensor.Layout.Storage.Version);

        public Kept(Scalar scalar) => (_tensor, _bits) = (Shape.Scalar.Contiguous(scalar.DType), scalar.Bits);

        public Operand Unpack(Node node) => _tensor is Geometry number ? Scalar.FromBits(number.DType, _bits) : SavedTensor.Unpack((Tensor?)_tensor, (int)_bits, node);
    }

    [InlineArray(Length)]
    private struct Kept2
    {
        public const int Length = 2;
        private Kept _first;
    }

    [InlineArray(Length)]
    private struct OperandBuffer
    {
        public const int Length = 5;
        private Operand _first;
    }
}
