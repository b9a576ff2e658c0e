namespace Firesteel;

/// <summary>Kernels compared by what they do, and as text.</summary>
internal static class KernelText
{
    /// <summary>True if both do the same to the same operands.</summary>
    public static bool Same(Kernel a, Kernel b) => ReferenceEquals(a, b) || (a, b) switch
    {
        (MapKernel x, MapKernel y) => x.Compute == y.Compute && x.Program.Same(y.Program),
        (ForeachKernel x, ForeachKernel y) => x.Own == y.Own && Same(x.Map, y.Map),
        (EpilogueKernel x, EpilogueKernel y) => x.Kept == y.Kept && x.ProductInputs == y.ProductInputs && Same(x.Product, y.Product) && Same(x.Map, y.Map),
        (MapReduceKernel x, MapReduceKernel y) => Same(x.Map, y.Map) && Same(x.Reduce, y.Reduce),
        (ConvKernel x, ConvKernel y) => x.Pass == y.Pass && x.Groups == y.Groups && x.Stride.AsSpan().SequenceEqual(y.Stride) && x.Padding.AsSpan().SequenceEqual(y.Padding) && x.Dilation.AsSpan().SequenceEqual(y.Dilation),
        (RecurrentKernel x, RecurrentKernel y) => x.Cell == y.Cell && x.Gradient == y.Gradient && x.Backwards == y.Backwards && x.BatchSizes.AsSpan().SequenceEqual(y.BatchSizes) && x.BatchSizes is null == y.BatchSizes is null,
        (MaxPoolKernel x, MaxPoolKernel y) => x.Gradient == y.Gradient && x.Window.AsSpan().SequenceEqual(y.Window) && x.Stride.AsSpan().SequenceEqual(y.Stride) && x.Dilation.AsSpan().SequenceEqual(y.Dilation),
        (SumPoolKernel x, SumPoolKernel y) => x.Gradient == y.Gradient && x.Window.AsSpan().SequenceEqual(y.Window) && x.Stride.AsSpan().SequenceEqual(y.Stride) && x.Dilation.AsSpan().SequenceEqual(y.Dilation),
        _ => a.Equals(b),
    };

    /// <summary>A short name: <c>map(mul, add)</c>, <c>sum</c>, <c>matmul</c>.</summary>
    public static string NameOf(Kernel kernel) => kernel switch
    {
        MapKernel map => map.Program.Instructions.Length == 0
            ? map.Program.InputCount == 0 || map.Program.Constants.Length > 0 ? "fill" : "copy"
            : "map(" + string.Join(", ", map.Program.Instructions.Take(4).Select(static i => i.Primitive.Name)) + (map.Program.Instructions.Length > 4 ? $", ... {map.Program.Instructions.Length - 4} more)" : ")"),
        ForeachKernel each => "each " + NameOf(each.Map),
        EpilogueKernel both => $"{NameOf(both.Product)} + {NameOf(both.Map)}",
        MapReduceKernel both => $"{NameOf(both.Reduce)} of {NameOf(both.Map)}",
        ReduceKernel reduce => reduce.Op.ToString().ToLowerInvariant(),
        ArgReduceKernel arg => arg.Max ? "argmax" : "argmin",
        ScanKernel scan => "cum" + scan.Op.ToString().ToLowerInvariant(),
        ConvKernel conv => "conv " + conv.Pass.ToString().ToLowerInvariant(),
        MaxPoolKernel pool => pool.Gradient ? "maxpool gradient" : "maxpool",
        SumPoolKernel pool => pool.Gradient ? "sumpool gradient" : "sumpool",
        RecurrentKernel recurrent => recurrent.Cell.ToString().ToLowerInvariant() + (recurrent.Gradient ? " gradient" : ""),
        RandomKernel random => "random " + random.Distribution.ToString().ToLowerInvariant(),
        ScatterKernel scatter => "scatter " + scatter.Op.ToString().ToLowerInvariant(),
        HostKernel host => host.Name,
        FusedKernel fused => Words(fused.Op.ToString()),
        _ => kernel.GetType().Name.Replace("Kernel", "", StringComparison.Ordinal).ToLowerInvariant(),
    };

    /// <summary>What a report adds kernels up by: all pointwise ones are one kind, as are all matrix products.</summary>
    public static string KindOf(Kernel kernel) => kernel switch
    {
        MapKernel or ForeachKernel => "pointwise",
        EpilogueKernel both => KindOf(both.Product),
        ReduceKernel or MapReduceKernel or ArgReduceKernel => "reductions",
        _ => NameOf(kernel),
    };

    /// <summary><c>BatchNormBackward</c> as "batch norm backward".</summary>
    private static string Words(string name) => string.Concat(name.Select(static (c, i) => char.IsUpper(c) ? (i == 0 ? "" : " ") + char.ToLowerInvariant(c) : c.ToString()));
}
