using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary>Copies a block of a matrix so that a tile finds what it multiplies one after the other.</summary>
internal static unsafe class GemmPack<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>
    /// target[p * pitch + i] = source[i * lane + p * step] for i below <paramref name="lanes"/> and p below <paramref name="k"/>; the lanes up to pitch
    /// become zero. Rows of a are packed with lane = row stride, columns of b with lane = column stride.
    /// </summary>
    public static void Run(T* source, nint lane, nint step, int lanes, nint k, T* target, int pitch)
    {
        if (lanes < pitch)
        {
            for (nint p = 0; p < k; p++)
                for (int i = lanes; i < pitch; i++) target[p * pitch + i] = T.Zero;
        }
        Copy(source, lane, step, lanes, k, target, pitch);
    }

    /// <summary>The same without the zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(T* source, nint lane, nint step, int lanes, nint k, T* target, int pitch)
    {
        if (lane == 1)
        {
            CopyRuns(source, step, lanes, k, target, pitch);
            return;
        }
        int done = 0;
        // The last group overlaps the one before.
        if (step == 1 && typeof(T) == typeof(float))
        {
            if (lanes >= 8 && FloatTranspose.HasEight)
                for (; done < lanes; done += 8)
                {
                    int at = Math.Min(done, lanes - 8);
                    Transpose8((float*)(source + at * lane), lane, k, (float*)target + at, pitch, 8);
                }
            else if (lanes >= 4 && Vector128.IsHardwareAccelerated)
                for (; done < lanes; done += 4)
                {
                    int at = Math.Min(done, lanes - 4);
                    Transpose4((float*)(source + at * lane), lane, k, (float*)target + at, pitch);
                }
        }
        // Lane by lane in pairs: reads run along k, writes stay in the panel, which fits into the first cache.
        for (; done + 2 <= lanes; done += 2)
        {
            T* from0 = source + done * lane, from1 = from0 + lane, to = target + done;
            for (nint p = 0; p < k; p++)
            {
                to[p * pitch] = from0[p * step];
                to[p * pitch + 1] = from1[p * step];
            }
        }
        for (; done < lanes; done++)
            for (nint p = 0; p < k; p++) target[p * pitch + done] = source[done * lane + p * step];
    }

    /// <summary>Room for so many lanes in whole vectors: stores that run over the end of one do not keep up with loads.</summary>
    public static int PitchOf(int lanes) => (lanes * sizeof(T) + 31) / 32 * 32 / sizeof(T);

    /// <summary>
    /// Panels side by side: the lanes from <paramref name="bounds"/>[i] to bounds[i + 1] are panel i. What is between them and <paramref name="pitch"/>, that of <see cref="PitchOf"/>, becomes anything.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panels(T* source, nint lane, nint step, nint* bounds, int panels, nint k, T* target, int pitch)
    {
        nint first = bounds[0];
        if (lane != 1)
        {
            for (int i = 0; i < panels; i++)
            {
                nint from = bounds[i] - first;
                int lanes = (int)(bounds[i + 1] - bounds[i]);
                T* to = target + i * k * pitch;
                if (typeof(T) == typeof(float) && step == 1 && lanes < 8 && pitch == 8 && FloatTranspose.HasEight) Transpose8((float*)(source + from * lane), lane, k, (float*)to, pitch, lanes);
                else Copy(source + from * lane, lane, step, lanes, k, to, pitch);
            }
            return;
        }
        // A few steps of every panel at a time: rows of a matrix often fall into the same few places of the first cache, and are gone after more.
        nint bytes = pitch * sizeof(T);
        for (nint p = 0; p < k; p += 8)
        {
            nint some = Math.Min(8, k - p);
            // Whole vectors read on behind the lanes, into the next step: not the last one.
            bool whole = p + 8 < k && step >= pitch;
            for (int i = 0; i < panels; i++)
            {
                nint lanes = bounds[i + 1] - bounds[i];
                T* from = source + bounds[i] - first + p * step, to = target + (i * k + p) * pitch;
                if (!whole) CopyRuns(from, step, (int)lanes, some, to, pitch);
                else
                    for (nint at = 0; at < bytes; at += 32) CopyEight((byte*)from + at, step * sizeof(T), (byte*)to + at, bytes);
            }
        }
    }

    /// <summary>A vector of each of eight steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyEight(byte* from, nint fromStep, byte* to, nint toStep)
    {
        byte* from4 = from + 4 * fromStep, to4 = to + 4 * toStep;
        Vector256<byte> x0 = Vector256.Load(from), x1 = Vector256.Load(from + fromStep), x2 = Vector256.Load(from + 2 * fromStep), x3 = Vector256.Load(from4 - fromStep);
        Vector256<byte> x4 = Vector256.Load(from4), x5 = Vector256.Load(from4 + fromStep), x6 = Vector256.Load(from4 + 2 * fromStep), x7 = Vector256.Load(from4 + 3 * fromStep);
        x0.Store(to);
        x1.Store(to + toStep);
        x2.Store(to + 2 * toStep);
        x3.Store(to4 - toStep);
        x4.Store(to4);
        x5.Store(to4 + toStep);
        x6.Store(to4 + 2 * toStep);
        x7.Store(to4 + 3 * toStep);
    }

    /// <summary>The same for panels of equal pitch, all lanes of which are there: adjacent lanes, <paramref name="panels"/> times <paramref name="pitch"/> of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AdjacentPanels(T* source, nint step, int panels, nint k, T* target, int pitch)
    {
        for (nint p = 0; p < k; p += 8)
        {
            nint some = Math.Min(8, k - p);
            T* from = source + p * step, to = target + p * pitch;
            for (int i = 0; i < panels; i++, from += pitch, to += k * pitch) CopyRuns(from, step, pitch, some, to, pitch);
        }
    }

    /// <summary>Some runs of a few adjacent elements: two vectors each, which overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRuns(T* source, nint step, int count, nint k, T* target, nint pitch)
    {
        byte* from = (byte*)source, to = (byte*)target;
        nint bytes = count * sizeof(T), fromStep = step * sizeof(T), toStep = pitch * sizeof(T);
        if (bytes == 64)
        {
            for (; k > 0; k--, from += fromStep, to += toStep)
            {
                Vector256<byte> x = Vector256.Load(from), y = Vector256.Load(from + 32);
                x.Store(to);
                y.Store(to + 32);
            }
        }
        else if (bytes > 64)
        {
            for (; k > 0; k--, from += fromStep, to += toStep)
            {
                nint i = 0;
                for (; i <= bytes - 32; i += 32) Vector256.Load(from + i).Store(to + i);
                if (i < bytes) Vector256.Load(from + bytes - 32).Store(to + bytes - 32);
            }
        }
        else if (bytes >= 32)
        {
            for (; k > 0; k--, from += fromStep, to += toStep)
            {
                Vector256<byte> x = Vector256.Load(from), y = Vector256.Load(from + bytes - 32);
                x.Store(to);
                y.Store(to + bytes - 32);
            }
        }
        else if (bytes >= 16)
        {
            // One vector where the next run follows at once on both sides: what it brings too much is written over. Not the last, behind which lies something else.
            if (toStep == bytes && fromStep >= bytes)
                for (; k > 1; k--, from += fromStep, to += toStep) Vector256.Load(from).Store(to);
            for (; k > 0; k--, from += fromStep, to += toStep)
            {
                Vector128<byte> x = Vector128.Load(from), y = Vector128.Load(from + bytes - 16);
                x.Store(to);
                y.Store(to + bytes - 16);
            }
        }
        else
        {
            for (; k > 0; k--, source += step, target += pitch)
                for (int i = 0; i < count; i++) target[i] = source[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose8(float* source, nint lane, nint k, float* target, nint pitch, int lanes)
    {
        // Where there are fewer, the last is there several times.
        float* s0 = source, s1 = s0 + (lanes > 1 ? lane : 0), s2 = s1 + (lanes > 2 ? lane : 0), s3 = s2 + (lanes > 3 ? lane : 0);
        float* s4 = s3 + (lanes > 4 ? lane : 0), s5 = s4 + (lanes > 5 ? lane : 0), s6 = s5 + (lanes > 6 ? lane : 0), s7 = s6 + (lanes > 7 ? lane : 0);
        nint p = 0;
        for (; p + 8 <= k; p += 8)
        {
            Vector256<float> r0 = Vector256.Load(s0 + p), r1 = Vector256.Load(s1 + p), r2 = Vector256.Load(s2 + p), r3 = Vector256.Load(s3 + p);
            Vector256<float> r4 = Vector256.Load(s4 + p), r5 = Vector256.Load(s5 + p), r6 = Vector256.Load(s6 + p), r7 = Vector256.Load(s7 + p);
            FloatTranspose.Eight(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
            float* to = target + p * pitch;
            r0.Store(to);
            r1.Store(to + pitch);
            r2.Store(to + 2 * pitch);
            r3.Store(to + 3 * pitch);
            r4.Store(to + 4 * pitch);
            r5.Store(to + 5 * pitch);
            r6.Store(to + 6 * pitch);
            r7.Store(to + 7 * pitch);
        }
        for (; p < k; p++)
        {
            float* to = target + p * pitch;
            to[0] = s0[p];
            to[1] = s1[p];
            to[2] = s2[p];
            to[3] = s3[p];
            to[4] = s4[p];
            to[5] = s5[p];
            to[6] = s6[p];
            to[7] = s7[p];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose4(float* source, nint lane, nint k, float* target, nint pitch)
    {
        float* s0 = source, s1 = s0 + lane, s2 = s1 + lane, s3 = s2 + lane;
        nint p = 0;
        if (FloatTranspose.HasFour)
        {
            for (; p + 4 <= k; p += 4)
            {
                Vector128<float> r0 = Vector128.Load(s0 + p), r1 = Vector128.Load(s1 + p), r2 = Vector128.Load(s2 + p), r3 = Vector128.Load(s3 + p);
                FloatTranspose.Four(ref r0, ref r1, ref r2, ref r3);
                float* to = target + p * pitch;
                r0.Store(to);
                r1.Store(to + pitch);
                r2.Store(to + 2 * pitch);
                r3.Store(to + 3 * pitch);
            }
        }
        for (; p < k; p++) Vector128.Create(s0[p], s1[p], s2[p], s3[p]).Store(target + p * pitch);
    }
}
