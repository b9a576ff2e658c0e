using System.Collections.Concurrent;

namespace Firesteel.Nn;

/// <summary>
/// What pooling, folding and unfolding are made of: for every position within a window, the elements that windows have at that position are a
/// strided view of the input, so a reduction over windows is an elementwise operation on those views, and its gradient writes through them.
/// </summary>
/// <param name="Input">The shape of the (padded) input; its last dimensions are spatial.</param>
/// <param name="Kernel">The size of a window.</param>
/// <param name="Stride">The step between windows.</param>
/// <param name="Dilation">The step within a window.</param>
/// <param name="Output">The shape of the input with the number of windows in the spatial dimensions.</param>
internal sealed record Windows(Shape Input, long[] Kernel, long[] Stride, long[] Dilation, Shape Output)
{
    private static readonly ConcurrentDictionary<(string, int, DType), MapKernel> s_kernels = [];

    private static readonly Operation<Windows> s_sum = new("window_sum", (Save.None, static (in s, g) => s.State.Spread(g)));
    private static readonly Operation<Windows> s_spread = new("window_spread", (Save.None, static (in s, g) => s.State.Sum(g)));
    private static readonly Operation<Windows> s_view = new("unfold", (Save.None, static (in s, g) => s.State.Fold(g)));
    private static readonly Operation<Windows> s_fold = new("fold", (Save.None, static (in s, g) => s.State.View(g)));
    private static readonly Operation<Windows>[] s_max =
    [
        new("max_pool1D_with_indices", (Save.Output1, static (in s, g) => s.State.SpreadAt(g, s.Output(1)))),
        new("max_pool2D_with_indices", (Save.Output1, static (in s, g) => s.State.SpreadAt(g, s.Output(1)))),
        new("max_pool3D_with_indices", (Save.Output1, static (in s, g) => s.State.SpreadAt(g, s.Output(1)))),
    ];

    private static readonly Operation<Windows> s_spreadAt = new("max_pool_backward",
        (Save.Input1, static (in s, g) => s.State.PickAt(g, s.Input(1))), (Save.None, static (in s, g) => null));
    private static readonly Operation<Windows> s_pickAt = new("max_pool_double_backward",
        (Save.Input1, static (in s, g) => s.State.SpreadAt(g, s.Input(1))), (Save.None, static (in s, g) => null));

    /// <summary>The number of spatial dimensions.</summary>
    public int Rank => Kernel.Length;

    /// <summary>The number of positions in a window.</summary>
    public int Count
    {
        get
        {
            long n = 1;
            foreach (long k in Kernel) n *= k;
            return checked((int)n);
        }
    }

    /// <summary>The sum of every window.</summary>
    public Tensor Sum(Tensor x)
    {
        var result = Tensor.Allocate(Output, x.DType, x.Device);
        x.Device.Run(new KernelCall(new SumPoolKernel(false, Kernel, Stride, Dilation), [result], [x.Layout]));
        return s_sum.Record(result, [x], this);
    }

    /// <summary>Adds every element of <paramref name="g"/> to all positions of its window: the gradient of <see cref="Sum"/>.</summary>
    private Tensor Spread(Tensor g)
    {
        var result = Tensor.Allocate(Input, g.DType, g.Device);
        g.Device.Run(new KernelCall(new SumPoolKernel(true, Kernel, Stride, Dilation), [result], [g.Layout]));
        return s_spread.Record(result, [g], this);
    }

    /// <summary>The largest element of every window (the first of equals, NaN if there is one), and its position within the window.</summary>
    public (Tensor Values, Tensor Positions) Max(Tensor x)
    {
        var values = Tensor.Allocate(Output, x.DType, x.Device);
        var positions = Tensor.Allocate(Output, Count <= 256 ? DType.UInt8 : DType.Int64, x.Device);
        x.Device.Run(new KernelCall(new MaxPoolKernel(false, Kernel, Stride, Dilation), [values, positions], [x.Layout]));
        var results = s_max[Rank - 1].RecordMany([values, positions], [x], this);
        return (results[0], results[1]);
    }

    /// <summary>Adds every element of <paramref name="g"/> to one position of its window: the gradient of <see cref="Max"/>.</summary>
    private Tensor SpreadAt(Tensor g, Tensor positions)
    {
        var result = Tensor.Allocate(Input, g.DType, g.Device);
        g.Device.Run(new KernelCall(new MaxPoolKernel(true, Kernel, Stride, Dilation), [result], [g.Layout, positions.Layout]));
        return s_spreadAt.Record(result, [g, positions], this);
    }

    /// <summary>One element of every window.</summary>
    private Tensor PickAt(Tensor x, Tensor positions)
    {
        var result = Tensor.Zeros(Output, dtype: x.DType, device: x.Device);
        for (int j = 0; j < Count; j++)
            x.Device.Run(new KernelCall(Kernels("pickAt", 1, x.DType), [result.Layout], [result.Layout, At(x.Layout, j), positions.Layout, (Scalar)j]));
        return s_pickAt.Record(result.Layout, [x, positions], this);
    }

    /// <summary>The windows themselves, a view: the output's shape with the window's dimensions behind.</summary>
    public Tensor View(Tensor x)
    {
        int leading = Input.Length - Rank;
        var strides = new long[Output.Length + Rank];
        for (int d = 0; d < Output.Length; d++) strides[d] = x.Layout.Strides[d] * (d < leading ? 1 : Stride[d - leading]);
        for (int d = 0; d < Rank; d++) strides[Output.Length + d] = x.Layout.Strides[leading + d] * Dilation[d];
        return s_view.RecordView(x, x.Layout.With(Shape.Create([.. Output.Sizes, .. Kernel]), strides, x.Layout.Offset), this);
    }

    /// <summary>Adds windows up where they overlap: the reverse of <see cref="View"/>, and its gradient.</summary>
    public Tensor Fold(Tensor windows)
    {
        var result = Tensor.Zeros(Input, dtype: windows.DType, device: windows.Device);
        for (int j = 0; j < Count; j++)
        {
            long offset = windows.Layout.Offset;
            var within = Within(j);
            for (int d = 0; d < Rank; d++) offset += within[d] * windows.Layout.Strides[Output.Length + d];
            var source = windows.Layout.With(Output, windows.Layout.Strides[..Output.Length], offset);
            var at = At(result.Layout, j);
            windows.Device.Run(new KernelCall(Kernels("sum", 2, windows.DType), [at], [at, source]));
        }
        return s_fold.Record(result.Layout, [windows], this);
    }

    /// <summary>The coordinates, within a window, of its j-th position.</summary>
    public long[] Within(int j)
    {
        var result = new long[Rank];
        for (int d = Rank - 1; d >= 0; d--)
        {
            result[d] = j % Kernel[d];
            j /= (int)Kernel[d];
        }
        return result;
    }

    /// <summary>The elements that the windows of <paramref name="x"/> have at their j-th position.</summary>
    private View At(in View x, int j)
    {
        int leading = Input.Length - Rank;
        long[] strides = [.. x.Strides];
        long offset = x.Offset;
        var within = Within(j);
        for (int d = 0; d < Rank; d++)
        {
            offset += within[d] * Dilation[d] * strides[leading + d];
            strides[leading + d] *= Stride[d];
        }
        return x.With(Output, strides, offset);
    }

    private static MapKernel Kernels(string kind, int inputs, DType dtype)
    {
        var compute = dtype.ComputeType();
        return s_kernels.GetOrAdd((kind, inputs, compute), static key =>
        {
            var (kind, m, compute) = key;
            Expr[] x = [.. Enumerable.Range(0, m + 3).Select(Expr.In)];
            switch (kind)
            {
                case "sum":
                    return new MapKernel(new Program(m, x[0] + x[1]), compute);
                default: // held, value, position, j
                    return new MapKernel(new Program(4, x[0] + Expr.Where(Expr.Eq(x[2], x[3]), x[1], 0)), compute);
            }
        });
    }
}
