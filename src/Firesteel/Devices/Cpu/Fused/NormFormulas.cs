using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>The formulas of norms over channels, batch and group norm alike.</summary>
internal static class NormFormulas
{
    /// <summary>(a - mean) squared.</summary>
    public readonly struct SquareOfDifference(float mean) : IFloatFormula
    {
        public readonly Vector<float> _mean = new(mean);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c)
        {
            var centred = a - _mean;
            return centred * centred;
        }
    }

    /// <summary>(a - mean) scale + shift.</summary>
    public readonly struct Normalized(float mean, float scale, float shift) : IFloatFormula
    {
        public readonly Vector<float> _mean = new(mean), _scale = new(scale), _shift = new(shift);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => (a - _mean) * _scale + _shift;
    }

    /// <summary>b (a - mean) rstd: a gradient times the normalized input.</summary>
    public readonly struct TimesNormalized(float mean, float rstd) : IFloatFormula
    {
        public readonly Vector<float> _mean = new(mean), _rstd = new(rstd);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c) => b * ((a - _mean) * _rstd);
    }
}
