using static Firesteel.Aliasing;

namespace Firesteel;

/// <content>Numbers in the place of tensors, and pointwise kernels in the place of others that do the same.</content>
internal sealed partial class Fusion
{
    /// <summary>A temporary that is filled with one number and never written again is that number to whoever reads it.</summary>
    private void FoldNumbers()
    {
        var writes = CountWrites();
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i] is not RecordedCall { Kernel: MapKernel { Program: { Instructions.Length: 0, Outputs: [0] } } } fill || fill.Inputs is not [{ IsScalar: true }]) continue;
            var slot = RecordedCall.SlotOf(fill.Outputs[0]);
            if (slot.Kind != SlotKind.Temporary || writes[slot] != 1 || !CoversSlot(fill.Outputs[0])) continue;
            KernelInput number = Rounded(fill.Inputs[0].Scalar, fill.Outputs[0].DType);
            for (int k = i + 1; k < _items.Count; k++)
            {
                if (_items[k] is not RecordedCall { Kernel: MapKernel } call) continue;
                for (int a = 0; a < call.Inputs.Length; a++)
                    if (!call.Inputs[a].IsScalar && ReferenceEquals(call.Inputs[a].View.Storage, slot)) call.Inputs[a] = number;
            }
        }
    }

    /// <summary>What a number is once stored in a dtype.</summary>
    private static Scalar Rounded(Scalar number, DType dtype) => dtype switch
    {
        DType.Float64 => number.AsDouble,
        DType.Float32 => (double)(float)number.AsDouble,
        DType.Float16 => (double)(Half)number.AsDouble,
        DType.BFloat16 => (double)(float)(BFloat16)(float)number.AsDouble,
        DType.Bool => number.AsBool,
        DType.Int32 => (long)(int)number.AsLong,
        DType.Int16 => (long)(short)number.AsLong,
        DType.Int8 => (long)(sbyte)number.AsLong,
        DType.UInt8 => (long)(byte)number.AsLong,
        _ => number.AsLong,
    };

    private static readonly Expr s_product = Primitive.Add.Of(Expr.In(0) * Expr.In(1), 0);
    private static readonly Program s_outer = new(2, s_product), s_outerOnto = new(3, s_product + Expr.In(2));

    /// <summary>A matrix product over a dimension of size 1 is a pointwise one, which can be joined to others. It adds to zero, as the product does.</summary>
    private void OuterProducts()
    {
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i] is not RecordedCall { Kernel: MatMulKernel } call) continue;
            View a = call.Inputs[0].View, b = call.Inputs[1].View;
            if (a.Shape[^1] != 1 || call.Outputs[0].DType is not (DType.Float32 or DType.Float64)) continue;
            if (call.Inputs.Length == 2) _items[i] = new RecordedCall(s_outer.KernelFor(call.Outputs[0].DType), call.Outputs, [a, b]) { Where = call.Where };
            else if (call.Outputs[0].Shape[^1] > 1 && call.Outputs[0].Shape[^2] > 1)
                _items[i] = new RecordedCall(s_outerOnto.KernelFor(call.Outputs[0].DType), call.Outputs, [a, b, call.Inputs[2].View]) { Where = call.Where };
        }
    }

    private static readonly Program s_scaleAndShift = new(3, Primitive.Add.Of(Expr.In(0) * Expr.In(1), Expr.In(2)));

    /// <summary>Batch norm in evaluation, as a pointwise kernel which can be joined to others.</summary>
    private void ScalesAndShifts()
    {
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i] is not RecordedCall { Kernel: FusedKernel { Op: FusedOp.ScaleAndShift } } call) continue;
            var x = call.Inputs[0].View;
            _items[i] = new RecordedCall(s_scaleAndShift.KernelFor(DType.Float32), call.Outputs, [x, PerChannel(call.Inputs[1].View), PerChannel(call.Inputs[2].View)]) { Where = call.Where };

            View PerChannel(in View view)
            {
                var sizes = new long[x.Shape.Length - 1];
                Array.Fill(sizes, 1);
                sizes[0] = view.Shape[0];
                return view.With(Shape.Create(sizes));
            }
        }
    }
}
