using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary>From sums with adjacent channels to results with adjacent positions.</summary>
internal static unsafe class ConvTurn<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>y[c * channelStep + i] = rows[i][c], plus bias[c] unless that is null.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(T** rows, nint count, nint channels, T* bias, T* y, nint channelStep)
    {
        nint done = 0;
        if (typeof(T) == typeof(float))
        {
            for (; done + 8 <= count && FloatTranspose.HasEight; done += 8) Eight((float**)rows + done, channels, (float*)bias, (float*)y + done, channelStep);
            for (; done + 4 <= count && Vector128.IsHardwareAccelerated; done += 4) Four((float**)rows + done, channels, (float*)bias, (float*)y + done, channelStep);
        }
        for (; done < count; done++)
        {
            T* row = rows[done], to = y + done;
            for (nint c = 0; c < channels; c++) to[c * channelStep] = bias == null ? row[c] : row[c] + bias[c];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(float** rows, nint channels, float* bias, float* y, nint channelStep)
    {
        float* s0 = rows[0], s1 = rows[1], s2 = rows[2], s3 = rows[3], s4 = rows[4], s5 = rows[5], s6 = rows[6], s7 = rows[7];
        nint c = 0;
        for (; c + 8 <= channels; c += 8)
        {
            Vector256<float> r0 = Vector256.Load(s0 + c), r1 = Vector256.Load(s1 + c), r2 = Vector256.Load(s2 + c), r3 = Vector256.Load(s3 + c);
            Vector256<float> r4 = Vector256.Load(s4 + c), r5 = Vector256.Load(s5 + c), r6 = Vector256.Load(s6 + c), r7 = Vector256.Load(s7 + c);
            if (bias != null)
            {
                var add = Vector256.Load(bias + c);
                r0 += add;
                r1 += add;
                r2 += add;
                r3 += add;
                r4 += add;
                r5 += add;
                r6 += add;
                r7 += add;
            }
            FloatTranspose.Eight(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
            float* to = y + c * channelStep, high = to + 4 * channelStep;
            r0.Store(to);
            r1.Store(to + channelStep);
            r2.Store(to + 2 * channelStep);
            r3.Store(to + 3 * channelStep);
            r4.Store(high);
            r5.Store(high + channelStep);
            r6.Store(high + 2 * channelStep);
            r7.Store(high + 3 * channelStep);
        }
        for (; c < channels; c++)
        {
            var column = Vector256.Create(s0[c], s1[c], s2[c], s3[c], s4[c], s5[c], s6[c], s7[c]);
            if (bias != null) column += Vector256.Create(bias[c]);
            column.Store(y + c * channelStep);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float** rows, nint channels, float* bias, float* y, nint channelStep)
    {
        float* s0 = rows[0], s1 = rows[1], s2 = rows[2], s3 = rows[3];
        for (nint c = 0; c < channels; c++)
        {
            var column = Vector128.Create(s0[c], s1[c], s2[c], s3[c]);
            if (bias != null) column += Vector128.Create(bias[c]);
            column.Store(y + c * channelStep);
        }
    }
}
