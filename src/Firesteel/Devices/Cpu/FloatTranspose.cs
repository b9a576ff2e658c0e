using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Firesteel;

/// <summary>Turns small blocks of floats that lie in vectors, rows to columns, in place.</summary>
internal static class FloatTranspose
{
    /// <summary>Whether there are instructions for <see cref="Eight"/> and <see cref="FourTwice"/>.</summary>
    public static bool HasEight => Avx.IsSupported;

    /// <summary>Whether there are instructions for <see cref="Four"/>.</summary>
    public static bool HasFour => Sse.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>A block of 8x8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Eight(
        ref Vector256<float> r0, ref Vector256<float> r1, ref Vector256<float> r2, ref Vector256<float> r3,
        ref Vector256<float> r4, ref Vector256<float> r5, ref Vector256<float> r6, ref Vector256<float> r7)
    {
        Vector256<float> a0 = r0, a1 = r1, a2 = r2, a3 = r3, b0 = r4, b1 = r5, b2 = r6, b3 = r7;
        FourTwice(ref a0, ref a1, ref a2, ref a3);
        FourTwice(ref b0, ref b1, ref b2, ref b3);
        r0 = Avx.Permute2x128(a0, b0, 0x20);
        r1 = Avx.Permute2x128(a1, b1, 0x20);
        r2 = Avx.Permute2x128(a2, b2, 0x20);
        r3 = Avx.Permute2x128(a3, b3, 0x20);
        r4 = Avx.Permute2x128(a0, b0, 0x31);
        r5 = Avx.Permute2x128(a1, b1, 0x31);
        r6 = Avx.Permute2x128(a2, b2, 0x31);
        r7 = Avx.Permute2x128(a3, b3, 0x31);
    }

    /// <summary>Two blocks of 4x4: the lower halves and the upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FourTwice(ref Vector256<float> r0, ref Vector256<float> r1, ref Vector256<float> r2, ref Vector256<float> r3)
    {
        Vector256<float> t0 = Avx.UnpackLow(r0, r1), t1 = Avx.UnpackHigh(r0, r1), t2 = Avx.UnpackLow(r2, r3), t3 = Avx.UnpackHigh(r2, r3);
        r0 = Avx.Shuffle(t0, t2, 0x44);
        r1 = Avx.Shuffle(t0, t2, 0xEE);
        r2 = Avx.Shuffle(t1, t3, 0x44);
        r3 = Avx.Shuffle(t1, t3, 0xEE);
    }

    /// <summary>A block of 4x4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Four(ref Vector128<float> r0, ref Vector128<float> r1, ref Vector128<float> r2, ref Vector128<float> r3)
    {
        Vector128<float> t0 = Low(r0, r2), t1 = Low(r1, r3), t2 = High(r0, r2), t3 = High(r1, r3);
        r0 = Low(t0, t1);
        r1 = High(t0, t1);
        r2 = Low(t2, t3);
        r3 = High(t2, t3);

        static Vector128<float> Low(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

        static Vector128<float> High(Vector128<float> a, Vector128<float> b) => Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);
    }
}
