using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// The matrix that turns a convolution into a matrix product: a row for every (channel, tap), a column for every position of y; and its
/// reverse. Only some of its rows and columns exist at a time.
/// </summary>
internal static unsafe class ConvColumns<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Fills rows [firstRow, endRow) and columns [firstPixel, endPixel), with <paramref name="pitch"/> elements from row to row.</summary>
    public static void Gather(in ConvGeometry g, T* x, long firstRow, long endRow, long firstPixel, long endPixel, T* columns, long pitch)
    {
        for (long row = firstRow; row < endRow; row++, columns += pitch) Row<Read>(g, x, row, firstPixel, endPixel, columns);
    }

    /// <summary>Adds rows and columns back to where they were gathered.</summary>
    public static void Scatter(in ConvGeometry g, T* x, long firstRow, long endRow, long firstPixel, long endPixel, T* columns, long pitch)
    {
        for (long row = firstRow; row < endRow; row++, columns += pitch) Row<AddBack>(g, x, row, firstPixel, endPixel, columns);
    }

    private interface IMode
    {
        static abstract bool Adds { get; }
    }

    private struct Read : IMode
    {
        public static bool Adds => false;
    }

    private struct AddBack : IMode
    {
        public static bool Adds => true;
    }

    [SkipLocalsInit]
    private static void Row<TMode>(in ConvGeometry g, T* x, long row, long firstPixel, long endPixel, T* columns)
        where TMode : struct, IMode
    {
        (long rest, long kw) = Math.DivRem(row, g.FilterW);
        (rest, long kh) = Math.DivRem(rest, g.FilterH);
        (long c, long kd) = Math.DivRem(rest, g.FilterD);
        x += c * g.InPixels;
        g.Columns(kw, out long validFirst, out long validEnd);
        long shift = kw * g.DilationW - g.PaddingW, step = g.StrideW;
        (long line, long ow) = Math.DivRem(firstPixel, g.OutW);
        (long od, long oh) = Math.DivRem(line, g.OutH);
        for (long pixel = firstPixel; pixel < endPixel;)
        {
            long length = Math.Min(g.OutW - ow, endPixel - pixel);
            long id = od * g.StrideD - g.PaddingD + kd * g.DilationD, ih = oh * g.StrideH - g.PaddingH + kh * g.DilationH;
            // Positions ow .. ow + length of one line: padding, then elements from a to b, then padding.
            long a = Math.Clamp(validFirst, ow, ow + length), b = Math.Clamp(validEnd, a, ow + length);
            bool inside = (ulong)id < (ulong)g.InD && (ulong)ih < (ulong)g.InH;
            if (!inside) a = b = ow + length;
            T* from = x + (id * g.InH + ih) * g.InW + shift;
            if (TMode.Adds)
            {
                T* values = columns - ow;
                if (inside)
                    for (long i = a; i < b; i++) from[i * step] += values[i];
            }
            else
            {
                T* values = columns - ow;
                if (a > ow) new Span<T>(columns, (int)(a - ow)).Clear();
                if (b > a && step == 1) Unsafe.CopyBlockUnaligned(values + a, from + a, (uint)((b - a) * sizeof(T)));
                else
                    for (long i = a; i < b; i++) values[i] = from[i * step];
                if (ow + length > b) new Span<T>(values + b, (int)(ow + length - b)).Clear();
            }
            columns += length;
            pixel += length;
            ow = 0;
            if (++oh == g.OutH)
            {
                oh = 0;
                od++;
            }
        }
    }
}
