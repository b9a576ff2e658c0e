using System.Numerics;

namespace Firesteel;

/// <summary>The three convolutions by their definition, one element of the result at a time, for any element type; operands are contiguous.</summary>
internal static unsafe class CpuConvAny<T, TSum, TConvert>
    where T : unmanaged
    where TSum : unmanaged, INumberBase<TSum>
    where TConvert : struct, CpuMatMulAny.IConvert<T, TSum>
{
    public static void Run(ConvPass pass, in ConvGeometry g, T* output, T* a, T* b, T* bias)
    {
        long count = pass switch
        {
            ConvPass.Forward => g.Batch * g.Groups * g.OutChannels * g.OutPixels,
            ConvPass.Data => g.Batch * g.Groups * g.InChannels * g.InPixels,
            _ => g.Groups * g.OutChannels * g.InChannels * g.Taps,
        };
        long work = Math.Max(1, pass switch
        {
            ConvPass.Forward => g.InChannels * g.Taps,
            ConvPass.Data => g.OutChannels * g.Taps,
            _ => g.Batch * g.OutPixels,
        });
        CpuThreads.For(count, Math.Max(1, CpuMatMul.SerialWork / 8 / work), new Elements { Pass = pass, G = g, Output = output, A = a, B = b, Bias = bias });
    }

    private struct Elements : IRangeBody
    {
        public ConvPass Pass;
        public ConvGeometry G;
        public T* Output, A, B, Bias;

        private readonly long Pixels => Pass == ConvPass.Forward ? G.OutPixels : G.InPixels;

        private readonly long Channels => G.Groups * (Pass == ConvPass.Forward ? G.OutChannels : G.InChannels);

        public readonly void Run(long start, long end)
        {
            for (long i = start; i < end; i++)
            {
                TSum sum = Pass switch
                {
                    ConvPass.Forward => Forward(i),
                    ConvPass.Data => Data(i),
                    _ => Filter(i),
                };
                if (Bias != null) sum += TConvert.Widen(Bias[i / Pixels % Channels]);
                Output[i] = TConvert.Narrow(sum);
            }
        }

        private readonly TSum Forward(long i)
        {
            (i, long ow) = Math.DivRem(i, G.OutW);
            (i, long oh) = Math.DivRem(i, G.OutH);
            (i, long od) = Math.DivRem(i, G.OutD);
            (long n, long o) = Math.DivRem(i, G.Groups * G.OutChannels);
            long group = o / G.OutChannels;
            TSum sum = TSum.Zero;
            for (long c = 0; c < G.InChannels; c++)
            {
                T* x = A + ((n * G.Groups + group) * G.InChannels + c) * G.InPixels;
                T* w = B + (o * G.InChannels + c) * G.Taps;
                for (long kd = 0; kd < G.FilterD; kd++)
                {
                    for (long kh = 0; kh < G.FilterH; kh++)
                    {
                        for (long kw = 0; kw < G.FilterW; kw++, w++)
                        {
                            long at = Position(od, oh, ow, kd, kh, kw);
                            if (at >= 0) sum += TConvert.Widen(x[at]) * TConvert.Widen(*w);
                        }
                    }
                }
            }
            return sum;
        }

        private readonly TSum Data(long i)
        {
            (i, long iw) = Math.DivRem(i, G.InW);
            (i, long ih) = Math.DivRem(i, G.InH);
            (i, long id) = Math.DivRem(i, G.InD);
            (long n, long channel) = Math.DivRem(i, G.Groups * G.InChannels);
            (long group, long c) = Math.DivRem(channel, G.InChannels);
            TSum sum = TSum.Zero;
            for (long o = group * G.OutChannels; o < (group + 1) * G.OutChannels; o++)
            {
                T* y = A + (n * G.Groups * G.OutChannels + o) * G.OutPixels;
                T* w = B + (o * G.InChannels + c) * G.Taps;
                for (long kd = 0; kd < G.FilterD; kd++)
                {
                    for (long kh = 0; kh < G.FilterH; kh++)
                    {
                        for (long kw = 0; kw < G.FilterW; kw++, w++)
                        {
                            (long od, long restD) = Math.DivRem(id + G.PaddingD - kd * G.DilationD, G.StrideD);
                            (long oh, long restH) = Math.DivRem(ih + G.PaddingH - kh * G.DilationH, G.StrideH);
                            (long ow, long restW) = Math.DivRem(iw + G.PaddingW - kw * G.DilationW, G.StrideW);
                            if ((restD | restH | restW) == 0 && (ulong)od < (ulong)G.OutD && (ulong)oh < (ulong)G.OutH && (ulong)ow < (ulong)G.OutW)
                                sum += TConvert.Widen(y[(od * G.OutH + oh) * G.OutW + ow]) * TConvert.Widen(*w);
                        }
                    }
                }
            }
            return sum;
        }

        private readonly TSum Filter(long i)
        {
            (i, long kw) = Math.DivRem(i, G.FilterW);
            (i, long kh) = Math.DivRem(i, G.FilterH);
            (i, long kd) = Math.DivRem(i, G.FilterD);
            (long o, long c) = Math.DivRem(i, G.InChannels);
            long group = o / G.OutChannels;
            TSum sum = TSum.Zero;
            for (long n = 0; n < G.Batch; n++)
            {
                T* x = A + ((n * G.Groups + group) * G.InChannels + c) * G.InPixels;
                T* y = B + (n * G.Groups * G.OutChannels + o) * G.OutPixels;
                for (long od = 0; od < G.OutD; od++)
                {
                    for (long oh = 0; oh < G.OutH; oh++)
                    {
                        for (long ow = 0; ow < G.OutW; ow++, y++)
                        {
                            long at = Position(od, oh, ow, kd, kh, kw);
                            if (at >= 0) sum += TConvert.Widen(x[at]) * TConvert.Widen(*y);
                        }
                    }
                }
            }
            return sum;
        }

        /// <summary>Where in a plane of x an element of y looks; -1 for the padding.</summary>
        private readonly long Position(long od, long oh, long ow, long kd, long kh, long kw)
        {
            long id = od * G.StrideD - G.PaddingD + kd * G.DilationD, ih = oh * G.StrideH - G.PaddingH + kh * G.DilationH, iw = ow * G.StrideW - G.PaddingW + kw * G.DilationW;
            return (ulong)id < (ulong)G.InD && (ulong)ih < (ulong)G.InH && (ulong)iw < (ulong)G.InW ? (id * G.InH + ih) * G.InW + iw : -1;
        }
    }
}
