namespace Firesteel;

/// <summary>The sizes of a convolution with one to three spatial dimensions, seen as three; x, w and y are contiguous.</summary>
internal readonly struct ConvGeometry
{
    public readonly long Batch, Groups;

    /// <summary>Channels of x and of y in a group.</summary>
    public readonly long InChannels, OutChannels;

    /// <summary>Depth, height and width of x, of y and of the filter.</summary>
    public readonly long InD, InH, InW, OutD, OutH, OutW, FilterD, FilterH, FilterW;
    public readonly long StrideD, StrideH, StrideW, PaddingD, PaddingH, PaddingW, DilationD, DilationH, DilationW;

    /// <summary>What is told of images of the result that are complete, if anybody wants to know.</summary>
    public readonly ResultFinish? Finish;

    public ConvGeometry(ConvKernel kernel, Shape x, Shape w, Shape y, ResultFinish? finish = null)
    {
        Finish = finish;
        int spatial = x.Length - 2;
        if (spatial is < 1 or > 3 || w.Length != x.Length || y.Length != x.Length || kernel.Stride.Length != spatial || kernel.Padding.Length != spatial || kernel.Dilation.Length != spatial)
            throw new ArgumentException($"conv kernel: x {x}, w {w}, y {y} with {kernel.Stride.Length} strides; needs 1 to 3 spatial dimensions, the same everywhere.");
        long[] xs = x.Sizes, ws = w.Sizes, ys = y.Sizes;
        Groups = kernel.Groups;
        if (Groups < 1 || ys[0] != xs[0] || ws[0] != ys[1] || ws[0] % Groups != 0 || xs[1] != ws[1] * Groups)
            throw new ArgumentException($"conv kernel: x {x}, w {w}, y {y} do not fit with {Groups} groups.");
        for (int d = 0; d < spatial; d++)
        {
            if (kernel.Stride[d] < 1 || kernel.Dilation[d] < 1 || kernel.Padding[d] < 0)
                throw new ArgumentException($"conv kernel: stride {kernel.Stride[d]}, dilation {kernel.Dilation[d]} and padding {kernel.Padding[d]}; the first two must be positive, padding not negative.");
        }
        Batch = xs[0];
        InChannels = ws[1];
        OutChannels = ws[0] / Groups;
        static long At(long[] values, int fromEnd, int first, long missing) => values.Length - fromEnd >= first ? values[^fromEnd] : missing;
        (InD, InH, InW) = (At(xs, 3, 2, 1), At(xs, 2, 2, 1), xs[^1]);
        (OutD, OutH, OutW) = (At(ys, 3, 2, 1), At(ys, 2, 2, 1), ys[^1]);
        (FilterD, FilterH, FilterW) = (At(ws, 3, 2, 1), At(ws, 2, 2, 1), ws[^1]);
        (StrideD, StrideH, StrideW) = (At(kernel.Stride, 3, 0, 1), At(kernel.Stride, 2, 0, 1), kernel.Stride[^1]);
        (PaddingD, PaddingH, PaddingW) = (At(kernel.Padding, 3, 0, 0), At(kernel.Padding, 2, 0, 0), kernel.Padding[^1]);
        (DilationD, DilationH, DilationW) = (At(kernel.Dilation, 3, 0, 1), At(kernel.Dilation, 2, 0, 1), kernel.Dilation[^1]);
    }

    /// <summary>
    /// What a transposed convolution reads: the positions of x that are a stride apart see neighbours in y, the first of them <paramref name="lowD"/>,
    /// <paramref name="lowH"/>, <paramref name="lowW"/> away (negative: before it).
    /// </summary>
    public ConvGeometry Transposed(out long lowD, out long lowH, out long lowW) => new(this, out lowD, out lowH, out lowW);

    private ConvGeometry(in ConvGeometry g, out long lowD, out long lowH, out long lowW)
    {
        this = g;
        (InChannels, OutChannels) = (g.OutChannels, g.InChannels);
        (InD, InH, InW) = (g.OutD, g.OutH, g.OutW);
        (OutD, OutH, OutW) = (Up(g.InD, g.StrideD), Up(g.InH, g.StrideH), Up(g.InW, g.StrideW));
        lowD = Up(g.PaddingD - (g.FilterD - 1) * g.DilationD, g.StrideD);
        lowH = Up(g.PaddingH - (g.FilterH - 1) * g.DilationH, g.StrideH);
        lowW = Up(g.PaddingW - (g.FilterW - 1) * g.DilationW, g.StrideW);
        (PaddingD, PaddingH, PaddingW) = (-lowD, -lowH, -lowW);
        (FilterD, FilterH, FilterW) = (Up(g.PaddingD, g.StrideD) - lowD + 1, Up(g.PaddingH, g.StrideH) - lowH + 1, Up(g.PaddingW, g.StrideW) - lowW + 1);
        StrideD = StrideH = StrideW = DilationD = DilationH = DilationW = 1;
    }

    /// <summary>A quotient, rounded up.</summary>
    private static long Up(long value, long divisor) => value > 0 ? (value - 1) / divisor + 1 : value / divisor;

    /// <summary>A pointwise convolution with its positions in one line.</summary>
    private ConvGeometry(in ConvGeometry g, long pixels)
    {
        this = g;
        InD = InH = OutD = OutH = 1;
        InW = OutW = pixels;
    }

    /// <summary>The same convolution with as few dimensions as it needs: a pointwise one has its positions in one line.</summary>
    public ConvGeometry Flattened() => IsPointwise ? new(this, InPixels) : this;

    public bool HasUnitStrides => StrideD == 1 && StrideH == 1 && StrideW == 1;

    /// <summary>Positions of x, of y and of the filter.</summary>
    public long InPixels => InD * InH * InW;

    public long OutPixels => OutD * OutH * OutW;

    public long Taps => FilterD * FilterH * FilterW;

    /// <summary>True if every position of y sees just the same position of x.</summary>
    public bool IsPointwise => Taps == 1 && HasUnitStrides && PaddingD == 0 && PaddingH == 0 && PaddingW == 0
        && InD == OutD && InH == OutH && InW == OutW;

    /// <summary>The columns of y whose column of x under tap <paramref name="kw"/> exists: from first to before end.</summary>
    public void Columns(long kw, out long first, out long end)
    {
        long shift = kw * DilationW - PaddingW; // iw = ow * StrideW + shift
        first = shift >= 0 ? 0 : (-shift + StrideW - 1) / StrideW;
        end = InW - 1 - shift < 0 ? 0 : (InW - 1 - shift) / StrideW + 1;
        first = Math.Min(first, OutW);
        end = Math.Clamp(end, first, OutW);
    }
}
