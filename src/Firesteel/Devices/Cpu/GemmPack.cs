using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
            if (lanes * sizeof(T) == 64)
            {
                for (nint p = 0; p < k; p++)
                {
                    byte* from = (byte*)(source + p * step), to = (byte*)(target + p * pitch);
                    Vector256<byte> x = Vector256.Load(from), y = Vector256.Load(from + 32);
                    x.Store(to);
                    y.Store(to + 32);
                }
                return;
            }
            int bytes = lanes * sizeof(T), sixteens = bytes & ~15;
            for (nint p = 0; p < k; p++)
            {
                byte* from = (byte*)(source + p * step), to = (byte*)(target + p * pitch);
                for (int i = 0; i < sixteens; i += 16) Vector128.Load(from + i).Store(to + i);
                if ((bytes & 8) != 0) Unsafe.CopyBlockUnaligned(to + sixteens, from + sixteens, 8);
                if ((bytes & 4) != 0) Unsafe.CopyBlockUnaligned(to + bytes - 4, from + bytes - 4, 4);
            }
            return;
        }
        int done = 0;
        if (step == 1 && typeof(T) == typeof(float))
        {
            for (; done + 8 <= lanes && Avx.IsSupported; done += 8) Transpose8((float*)(source + done * lane), lane, k, (float*)target + done, pitch);
            for (; done + 4 <= lanes && Vector128.IsHardwareAccelerated; done += 4) Transpose4((float*)(source + done * lane), lane, k, (float*)target + done, pitch);
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

    private static void Transpose8(float* source, nint lane, nint k, float* target, nint pitch)
    {
        float* s0 = source, s1 = s0 + lane, s2 = s1 + lane, s3 = s2 + lane, s4 = s3 + lane, s5 = s4 + lane, s6 = s5 + lane, s7 = s6 + lane;
        nint p = 0;
        for (; p + 8 <= k; p += 8)
        {
            Vector256<float> r0 = Vector256.Load(s0 + p), r1 = Vector256.Load(s1 + p), r2 = Vector256.Load(s2 + p), r3 = Vector256.Load(s3 + p);
            Vector256<float> r4 = Vector256.Load(s4 + p), r5 = Vector256.Load(s5 + p), r6 = Vector256.Load(s6 + p), r7 = Vector256.Load(s7 + p);
            Vector256<float> t0 = Avx.UnpackLow(r0, r1), t1 = Avx.UnpackHigh(r0, r1), t2 = Avx.UnpackLow(r2, r3), t3 = Avx.UnpackHigh(r2, r3);
            Vector256<float> t4 = Avx.UnpackLow(r4, r5), t5 = Avx.UnpackHigh(r4, r5), t6 = Avx.UnpackLow(r6, r7), t7 = Avx.UnpackHigh(r6, r7);
            r0 = Avx.Shuffle(t0, t2, 0x44);
            r1 = Avx.Shuffle(t0, t2, 0xEE);
            r2 = Avx.Shuffle(t1, t3, 0x44);
            r3 = Avx.Shuffle(t1, t3, 0xEE);
            r4 = Avx.Shuffle(t4, t6, 0x44);
            r5 = Avx.Shuffle(t4, t6, 0xEE);
            r6 = Avx.Shuffle(t5, t7, 0x44);
            r7 = Avx.Shuffle(t5, t7, 0xEE);
            float* to = target + p * pitch;
            Avx.Permute2x128(r0, r4, 0x20).Store(to);
            Avx.Permute2x128(r1, r5, 0x20).Store(to + pitch);
            Avx.Permute2x128(r2, r6, 0x20).Store(to + 2 * pitch);
            Avx.Permute2x128(r3, r7, 0x20).Store(to + 3 * pitch);
            Avx.Permute2x128(r0, r4, 0x31).Store(to + 4 * pitch);
            Avx.Permute2x128(r1, r5, 0x31).Store(to + 5 * pitch);
            Avx.Permute2x128(r2, r6, 0x31).Store(to + 6 * pitch);
            Avx.Permute2x128(r3, r7, 0x31).Store(to + 7 * pitch);
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

    private static void Transpose4(float* source, nint lane, nint k, float* target, nint pitch)
    {
        float* s0 = source, s1 = s0 + lane, s2 = s1 + lane, s3 = s2 + lane;
        for (nint p = 0; p < k; p++) Vector128.Create(s0[p], s1[p], s2[p], s3[p]).Store(target + p * pitch);
    }
}
