namespace Firesteel;

/// <summary>A draw as a function of one uniform number in [0, 1).</summary>
internal interface IUniformTransform
{
    double Apply(double u);
}

/// <summary>Exponential with a rate, by inversion.</summary>
internal readonly struct ExponentialDraw(double rate) : IUniformTransform
{
    private readonly double _scale = -1.0 / rate;

    public double Apply(double u) => _scale * Math.Log(1.0 - u);
}

/// <summary>Cauchy, by inversion.</summary>
internal readonly struct CauchyDraw(double median, double sigma) : IUniformTransform
{
    public double Apply(double u) => median + sigma * Math.Tan(Math.PI * (u - 0.5));
}

/// <summary>The number of trials up to the first success, by inversion.</summary>
internal readonly struct GeometricDraw(double p) : IUniformTransform
{
    private readonly double _logFailure = Math.Log(1.0 - p);

    public double Apply(double u) => Math.Ceiling(Math.Log(u) / _logFailure);
}

/// <summary>1 with a probability, else 0.</summary>
internal readonly struct BernoulliDraw(double p) : IUniformTransform
{
    public double Apply(double u) => u < p ? 1 : 0;
}
