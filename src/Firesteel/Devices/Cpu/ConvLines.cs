using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Firesteel;

/// <summary>
/// A copy of the lines of x that some consecutive lines of y see, laid out so that what a tap shows to adjacent positions of a line of y is
/// adjacent too: padding is written out, and the columns that fall together modulo the stride lie together. Lines of y are counted through all images; those
/// that lie in one image at one depth are a run.
/// </summary>
internal readonly unsafe struct ConvLines<T>
    where T : unmanaged
{
    private readonly ConvGeometry _g;

    /// <summary>Elements of a line of one residue, of a line, of a plane, of a channel and of a run.</summary>
    private readonly long _residue, _line, _plane, _channel, _run;

    /// <summary>Lines of x that are kept for a run and a tap along the depth.</summary>
    private readonly long _height;

    /// <param name="g">The convolution.</param>
    /// <param name="most">The most lines of y at a time.</param>
    /// <param name="columns">The most columns of y at a time.</param>
    /// <param name="slack">Elements that may be read beyond the last that counts.</param>
    public ConvLines(in ConvGeometry g, long most, long columns, long slack)
    {
        _g = g;
        _residue = columns + (g.FilterW - 1) * g.DilationW / g.StrideW;
        _line = _residue * Math.Min(g.StrideW, (g.FilterW - 1) * g.DilationW + 1);
        _height = (Math.Min(most, g.OutH) - 1) * g.StrideH + (g.FilterH - 1) * g.DilationH + 1;
        _plane = _height * _line;
        // An odd number of cache lines, so that channels do not fall onto each other in the caches.
        long line = 64 / sizeof(T);
        _channel = ((g.FilterD * _plane + line - 1) / line | 1) * line;
        _run = g.InChannels * _channel;
        // A run ends with its depth; in the worst case the first and the last are partial.
        long runs = (most + g.OutH - 2) / g.OutH + 1;
        Count = runs * _run + slack;
    }

    /// <summary>Elements of the copy.</summary>
    public long Count { get; }

    /// <summary>How far the lines of y from one to the next are apart, seen by the first tap.</summary>
    public long LineStep => _g.StrideH * _line;

    /// <summary>From channel to channel.</summary>
    public long ChannelStep => _channel;

    /// <summary>From run to run.</summary>
    public long RunStep => _run;

    /// <summary>What a tap adds.</summary>
    public long Tap(long tap)
    {
        (long rest, long kw) = Math.DivRem(tap, _g.FilterW);
        (long kd, long kh) = Math.DivRem(rest, _g.FilterH);
        (long shift, long residue) = Math.DivRem(kw * _g.DilationW, _g.StrideW);
        return kd * _plane + kh * _g.DilationH * _line + residue * _residue + shift;
    }

    /// <summary>
    /// Copies what the lines [oh, oh + count) of y at depth <paramref name="od"/>, from <paramref name="column"/> on, see of the channels
    /// [firstChannel, endChannel) of those that begin at <paramref name="x"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(T* x, long od, long oh, long count, long column, long firstChannel, long endChannel, T* run)
    {
        long lines = (count - 1) * _g.StrideH + (_g.FilterH - 1) * _g.DilationH + 1, step = _g.StrideW;
        bool all = _g.StrideH == 1 || (_g.DilationH == 1 && _g.FilterH >= _g.StrideH);
        for (long residue = 0; residue * _residue < _line; residue++)
        {
            // Element i is column i * step + shift.
            long shift = residue - _g.PaddingW + column * step, first = shift >= 0 ? 0 : Math.Min((-shift + step - 1) / step, _residue);
            long end = _g.InW - 1 - shift < 0 ? 0 : Math.Min((_g.InW - 1 - shift) / step + 1, _residue);
            end = Math.Max(first, end);
            for (long c = firstChannel; c < endChannel; c++)
            {
                for (long kd = 0; kd < _g.FilterD; kd++)
                {
                    long id = od * _g.StrideD - _g.PaddingD + kd * _g.DilationD;
                    T* to = run + c * _channel + kd * _plane + residue * _residue;
                    for (long h = 0; h < lines; h++, to += _line)
                    {
                        if (!all && !IsSeen(h)) continue;
                        long ih = oh * _g.StrideH - _g.PaddingH + h;
                        if ((ulong)id >= (ulong)_g.InD || (ulong)ih >= (ulong)_g.InH) new Span<T>(to, (int)_residue).Clear();
                        else Line(x + ((c * _g.InD + id) * _g.InH + ih) * _g.InW + shift, to, first, end);
                    }
                }
            }
        }
    }

    /// <summary>False for lines that strides jump over.</summary>
    private bool IsSeen(long line)
    {
        for (long kh = 0; kh < _g.FilterH; kh++)
            if ((line - kh * _g.DilationH) % _g.StrideH == 0) return true;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Line(T* from, T* to, long first, long end)
    {
        long step = _g.StrideW, i = 0;
        for (; i < first; i++) to[i] = default;
        if (step == 1)
        {
            Copy((byte*)(from + i), (byte*)(to + i), (end - i) * sizeof(T));
            i = Math.Max(i, end);
        }
        else
        {
            if (step == 2 && sizeof(T) == 4 && Sse.IsSupported)
            {
                for (; i + 4 <= end; i += 4)
                {
                    float* four = (float*)(from + 2 * i); // elements 0, 2, 4, 6; nothing behind them is read
                    Sse.Shuffle(Vector128.Load(four), Vector128.Load(four + 3), 0b11_01_10_00).Store((float*)(to + i));
                }
            }
            for (; i < end; i++) to[i] = from[i * step];
        }
        for (; i < _residue; i++) to[i] = default;
    }

    /// <summary>Lines are often shorter than a call takes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(byte* from, byte* to, long bytes)
    {
        if (bytes < 32)
        {
            for (long i = 0; i < bytes; i += sizeof(T)) *(T*)(to + i) = *(T*)(from + i);
            return;
        }
        for (long i = 0; i + 32 <= bytes; i += 32) Vector256.Load(from + i).Store(to + i);
        Vector256.Load(from + bytes - 32).Store(to + bytes - 32);
    }
}
