namespace Firesteel;

/// <summary>
/// The positions of a result that see the same taps of a filter. A forward convolution has one phase. A transposed one has as many as its strides have residues: every s-th
/// position is the sum over every s-th tap of neighbours in y, which is a convolution with strides of 1.
/// </summary>
internal struct ConvPhase
{
    /// <summary>Its taps among those of all phases, and how many they are.</summary>
    public int FirstTap, Taps;

    /// <summary>How many positions it has along each dimension, and where in a channel of the result the first is.</summary>
    public long Depth, Height, Width, First;
}

/// <summary>A tap of a phase: which of the filter's it is, and which of those that <see cref="ConvPhases.Source"/> sees.</summary>
internal readonly record struct ConvTap(long Filter, long Seen);

/// <summary>A convolution, forward or transposed, as phases that read the same copy of lines.</summary>
internal readonly struct ConvPhases
{
    /// <summary>What is read: its input is the operand, its output the positions of a phase.</summary>
    public readonly ConvGeometry Source;

    /// <summary>The distance of adjacent positions of a phase in the result, along each dimension.</summary>
    public readonly long DepthStep, LineStep, ColumnStep;

    /// <summary>Positions of the result.</summary>
    public readonly long Pixels;

    /// <summary>Phases of adjacent columns, which are adjacent here too.</summary>
    public readonly int Columns;

    public readonly ConvPhase[] All;
    public readonly ConvTap[] Taps;

    public ConvPhases(in ConvGeometry g, bool transposed)
    {
        if (!transposed)
        {
            Source = g;
            (DepthStep, LineStep, ColumnStep, Pixels, Columns) = (g.OutH * g.OutW, g.OutW, 1, g.OutPixels, 1);
            Taps = new ConvTap[g.Taps];
            for (int tap = 0; tap < Taps.Length; tap++) Taps[tap] = new(tap, tap);
            All = [new() { Taps = Taps.Length, Depth = g.OutD, Height = g.OutH, Width = g.OutW }];
            return;
        }
        Source = g.Transposed(out long lowD, out long lowH, out long lowW);
        (DepthStep, LineStep, ColumnStep, Pixels, Columns) = (g.StrideD * g.InH * g.InW, g.StrideH * g.InW, g.StrideW, g.InPixels, checked((int)g.StrideW));
        All = new ConvPhase[checked((int)(g.StrideD * g.StrideH * g.StrideW))];
        var taps = new List<ConvTap>();
        for (int i = 0; i < All.Length; i++)
        {
            (long rest, long w) = Math.DivRem((long)i, g.StrideW);
            (long d, long h) = Math.DivRem(rest, g.StrideH);
            ref var phase = ref All[i];
            phase.FirstTap = taps.Count;
            (phase.Depth, phase.Height, phase.Width) = (Count(g.InD, d, g.StrideD), Count(g.InH, h, g.StrideH), Count(g.InW, w, g.StrideW));
            phase.First = (d * g.InH + h) * g.InW + w;
            for (long kd = 0; kd < g.FilterD; kd++)
            {
                if (!Sees(d + g.PaddingD - kd * g.DilationD, g.StrideD, lowD, out long seenD)) continue;
                for (long kh = 0; kh < g.FilterH; kh++)
                {
                    if (!Sees(h + g.PaddingH - kh * g.DilationH, g.StrideH, lowH, out long seenH)) continue;
                    for (long kw = 0; kw < g.FilterW; kw++)
                    {
                        if (!Sees(w + g.PaddingW - kw * g.DilationW, g.StrideW, lowW, out long seenW)) continue;
                        taps.Add(new((kd * g.FilterH + kh) * g.FilterW + kw, (seenD * Source.FilterH + seenH) * Source.FilterW + seenW));
                    }
                }
            }
            phase.Taps = taps.Count - phase.FirstTap;
        }
        Taps = [.. taps];
    }

    private static long Count(long size, long first, long stride) => Math.Max(0, (size - first + stride - 1) / stride);

    private static bool Sees(long distance, long stride, long low, out long seen)
    {
        (long shift, long rest) = Math.DivRem(distance, stride);
        seen = shift - low;
        return rest == 0;
    }
}
