using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary>Two vectors as one of twice the length.</summary>
internal readonly struct VectorPair<V>(V low, V high)
    where V : unmanaged
{
    public readonly V Low = low, High = high;
}

/// <summary>What the matrix kernels need of a <see cref="VectorPair{V}"/>.</summary>
internal readonly unsafe struct TwoVectors<T, V, TVector> : IGemmVector<T, VectorPair<V>>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    public static int Count => 2 * TVector.Count;

    public static int Rows => TVector.Rows;

    public static VectorPair<V> Zero => new(TVector.Zero, TVector.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<V> Load(T* source) => new(TVector.Load(source), TVector.Load(source + TVector.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(VectorPair<V> value, T* target)
    {
        TVector.Store(value.Low, target);
        TVector.Store(value.High, target + TVector.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<V> Broadcast(T* source) => new(TVector.Broadcast(source), TVector.Broadcast(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<V> Add(VectorPair<V> a, VectorPair<V> b) => new(TVector.Add(a.Low, b.Low), TVector.Add(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<V> Subtract(VectorPair<V> a, VectorPair<V> b) => new(TVector.Subtract(a.Low, b.Low), TVector.Subtract(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<V> Multiply(VectorPair<V> a, VectorPair<V> b) => new(TVector.Multiply(a.Low, b.Low), TVector.Multiply(a.High, b.High));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorPair<V> Fma(VectorPair<V> a, VectorPair<V> b, VectorPair<V> c) => new(TVector.Fma(a.Low, b.Low, c.Low), TVector.Fma(a.High, b.High, c.High));

    /// <summary>The upper half is added to the lower one, and so on: the order of the sums of all vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(VectorPair<V> value) => TVector.Sum(TVector.Add(value.Low, value.High));
}

/// <summary>Products that run along k keep their sums in 32 bytes of lanes on every processor, so that they are added up in one order.</summary>
internal static class GemmLanes
{
    /// <summary>Calls <see cref="GemmDot{T, V, TVector}"/> with vectors of 32 bytes that are made of <typeparamref name="V"/>, or of half of it.</summary>
    public static void Run<T, V>(in GemmProduct<T> product, bool parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
        where V : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            ref readonly var single = ref Unsafe.As<GemmProduct<T>, GemmProduct<float>>(ref Unsafe.AsRef(in product));
            if (typeof(V) == typeof(float)) GemmDot<float, VectorPair<VectorPair<VectorPair<float>>>, TwoVectors<float, VectorPair<VectorPair<float>>, TwoVectors<float, VectorPair<float>, TwoVectors<float, float, GemmVectors.One<float>>>>>.Run(single, parallel);
            else if (typeof(V) == typeof(Vector128<float>)) GemmDot<float, VectorPair<Vector128<float>>, TwoVectors<float, Vector128<float>, GemmVectors.Single128>>.Run(single, parallel);
            else GemmDot<float, Vector256<float>, GemmVectors.Single256>.Run(single, parallel);
        }
        else
        {
            ref readonly var wide = ref Unsafe.As<GemmProduct<T>, GemmProduct<double>>(ref Unsafe.AsRef(in product));
            if (typeof(V) == typeof(double)) GemmDot<double, VectorPair<VectorPair<double>>, TwoVectors<double, VectorPair<double>, TwoVectors<double, double, GemmVectors.One<double>>>>.Run(wide, parallel);
            else if (typeof(V) == typeof(Vector128<double>)) GemmDot<double, VectorPair<Vector128<double>>, TwoVectors<double, Vector128<double>, GemmVectors.Double128>>.Run(wide, parallel);
            else GemmDot<double, Vector256<double>, GemmVectors.Double256>.Run(wide, parallel);
        }
    }
}
