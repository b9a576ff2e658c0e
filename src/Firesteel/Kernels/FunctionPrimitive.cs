namespace Firesteel;

/// <summary>A function of one or two numbers that exists in double precision only and costs far more than the call: everything goes through it.</summary>
internal sealed unsafe class FunctionPrimitive : Primitive
{
    private readonly Func<double, double, double> _function;

    public FunctionPrimitive(string name, Func<double, double> function, Derivative? derivative = null)
        : base(name, derivative) => _function = (x, _) => function(x);

    public FunctionPrimitive(string name, Func<double, double, double> function, Derivative? derivative = null)
        : base(name, derivative) => _function = function;

    // A function of one argument has b = a.
    public override void Run(float* a, float* b, float* c, float* y, long n)
    {
        for (long i = 0; i < n; i++) y[i] = (float)_function(a[i], b[i]);
    }

    public override void Run(double* a, double* b, double* c, double* y, long n)
    {
        for (long i = 0; i < n; i++) y[i] = _function(a[i], b[i]);
    }

    public override void Run(long* a, long* b, long* c, long* y, long n) => throw new NotSupportedException($"{Name} is not defined for integers.");
}
