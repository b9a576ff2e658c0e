using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Sine and cosine of float32 vectors, within 2 units in the last place, made of single-rounding operations as <see cref="FloatVectors"/> are.</summary>
internal static unsafe class FloatTrigonometry
{
    /// <summary>Up to here an angle is reduced with three parts of pi/2; larger ones go through the double-precision functions one by one.</summary>
    private const float Largest = 65536f;

    // pi/2: 20 bits, whose product with a number of quadrants leaves no rest when it is taken from the angle; 24 more; the rest.
    private const float First = 1.5707950592041016f;
    private const float Second = 1.2675908465098473e-06f;
    private const float Third = -5.1453114636784356e-14f;
    private const float TwoOverPi = 0.63661975f;

    /// <summary>Adding it rounds to an integer, which then stands in the low bits.</summary>
    private const float Rounder = 12582912f;

    /// <summary>Sine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sin(Vector<float> x)
    {
        var size = Vector.Abs(x);
        var sign = Vector.AsVectorInt32(x) & new Vector<int>(int.MinValue);
        var result = Quadrants(size, sign, Vector<int>.Zero);
        return Vector.LessThanAll(size, new Vector<float>(Largest)) ? result : LargeSin(x, result);
    }

    /// <summary>Cosine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Cos(Vector<float> x)
    {
        var size = Vector.Abs(x);
        var result = Quadrants(size, Vector<int>.Zero, Vector<int>.One);
        return Vector.LessThanAll(size, new Vector<float>(Largest)) ? result : LargeCos(x, result);
    }

    /// <summary>The sine of x plus some quadrants, with the sign turned where asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Quadrants(Vector<float> x, Vector<int> sign, Vector<int> more)
    {
        var rounded = Vector.FusedMultiplyAdd(x, new Vector<float>(TwoOverPi), new Vector<float>(Rounder));
        var n = rounded - new Vector<float>(Rounder);
        var quadrant = Vector.AsVectorInt32(rounded) + more;
        var r = Vector.FusedMultiplyAdd(n, new Vector<float>(-First), x);
        r = Vector.FusedMultiplyAdd(n, new Vector<float>(-Second), r);
        r = Vector.FusedMultiplyAdd(n, new Vector<float>(-Third), r);
        var z = r * r;
        // Minimax fits on |r| up to pi/4: (sin(r)/r - 1)/r^2 and (cos(r) - 1 + r^2/2)/r^4.
        var s = Vector.FusedMultiplyAdd(new Vector<float>(-0.00019516977772582322f), z, new Vector<float>(0.008332176133990288f));
        s = Vector.FusedMultiplyAdd(s, z, new Vector<float>(-0.16666655242443085f));
        var sine = Vector.FusedMultiplyAdd(s, z * r, r);
        var c = Vector.FusedMultiplyAdd(new Vector<float>(2.4432785721728578e-05f), z, new Vector<float>(-0.0013887312961742282f));
        c = Vector.FusedMultiplyAdd(c, z, new Vector<float>(0.04166664555668831f));
        c = Vector.FusedMultiplyAdd(c, z, new Vector<float>(-0.5f));
        var cosine = Vector.FusedMultiplyAdd(c, z, Vector<float>.One);
        var odd = Vector.Equals(quadrant & Vector<int>.One, Vector<int>.One);
        var result = Vector.ConditionalSelect(odd, cosine, sine);
        // Bit 1 of the quadrant turns the sign.
        sign ^= Vector.ShiftLeft(quadrant, 30) & new Vector<int>(int.MinValue);
        return Vector.AsVectorSingle(Vector.AsVectorInt32(result) ^ sign);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector<float> LargeSin(Vector<float> x, Vector<float> result)
    {
        float* at = (float*)&x, to = (float*)&result;
        for (int i = 0; i < Vector<float>.Count; i++)
            if (!(Math.Abs(at[i]) < Largest)) to[i] = (float)Math.Sin(at[i]);
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector<float> LargeCos(Vector<float> x, Vector<float> result)
    {
        float* at = (float*)&x, to = (float*)&result;
        for (int i = 0; i < Vector<float>.Count; i++)
            if (!(Math.Abs(at[i]) < Largest)) to[i] = (float)Math.Cos(at[i]);
        return result;
    }
}
