using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>A function of one number: scalar forms, and a vector form where there is one of the same bits.</summary>
internal interface IUnaryPrimitive
{
    static virtual float Invoke(float x) => throw new NotSupportedException();

    static virtual double Invoke(double x) => throw new NotSupportedException();

    static virtual long Invoke(long x) => throw new NotSupportedException();

    static virtual bool HasVector => false;

    static virtual Vector<T> Invoke<T>(Vector<T> x) => throw new NotSupportedException();

    /// <summary>True if float32 runs through <see cref="InvokeFloats"/> alone, the elements of an incomplete vector too.</summary>
    static virtual bool HasFloatVector => false;

    static virtual Vector<float> InvokeFloats(Vector<float> x) => throw new NotSupportedException();
}

/// <summary>A function of two numbers.</summary>
internal interface IBinaryPrimitive
{
    static virtual float Invoke(float x, float y) => throw new NotSupportedException();

    static virtual double Invoke(double x, double y) => throw new NotSupportedException();

    static virtual long Invoke(long x, long y) => throw new NotSupportedException();

    static virtual bool HasVector => false;

    static virtual Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) => throw new NotSupportedException();

    /// <summary>True if float32 runs through <see cref="InvokeFloats"/> alone, the elements of an incomplete vector too.</summary>
    static virtual bool HasFloatVector => false;

    static virtual Vector<float> InvokeFloats(Vector<float> x, Vector<float> y) => throw new NotSupportedException();
}

/// <summary>The cotangents of the arguments <paramref name="x"/>, given the result <paramref name="y"/> and its cotangent; null for none.</summary>
internal delegate Expr?[] Derivative(Expr[] x, Expr y, Expr g);

/// <summary>A scalar function that formulas are made of: its loops over tiles and its derivative. All of them are in the files of Kernels/Primitives.</summary>
internal abstract unsafe partial class Primitive(string name, Derivative? derivative)
{
    public string Name { get; } = name;

    /// <summary>Null for functions that are constant wherever they are differentiable.</summary>
    public Derivative? Derivative { get; } = derivative;

    public abstract void Run(float* a, float* b, float* c, float* y, long n);

    public abstract void Run(double* a, double* b, double* c, double* y, long n);

    public abstract void Run(long* a, long* b, long* c, long* y, long n);

    /// <summary>The static method over whole vectors that gives the bits of <see cref="Run(float*, float*, float*, float*, long)"/>, or of its double form; null if there is none.</summary>
    public virtual MethodInfo? VectorForm(bool isDouble) => null;

    public Expr Of(params Expr[] arguments) => new(this, arguments);

    public override string ToString() => Name;
}

/// <inheritdoc/>
internal sealed unsafe class UnaryPrimitive<TOp>(string name, Derivative? derivative = null) : Primitive(name, derivative)
    where TOp : struct, IUnaryPrimitive
{
    public override void Run(float* a, float* b, float* c, float* y, long n)
    {
        if (TOp.HasFloatVector)
        {
            RunFloats(a, y, n);
            return;
        }
        long i = Vectorised(a, y, n);
        for (; i < n; i++) y[i] = TOp.Invoke(a[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunFloats(float* a, float* y, long n)
    {
        int width = Vector<float>.Count;
        long i = 0;
        for (; i <= n - width; i += width) Vector.Store(TOp.InvokeFloats(Vector.Load(a + i)), y + i);
        if (i == n) return;
        // What is left goes through a whole vector as well, so that an element's bits do not depend on where it stands.
        FloatRows.Store(TOp.InvokeFloats(FloatRows.Load(a + i, (int)(n - i))), y + i, (int)(n - i));
    }

    public override void Run(double* a, double* b, double* c, double* y, long n)
    {
        long i = Vectorised(a, y, n);
        for (; i < n; i++) y[i] = TOp.Invoke(a[i]);
    }

    public override void Run(long* a, long* b, long* c, long* y, long n)
    {
        for (long i = 0; i < n; i++) y[i] = TOp.Invoke(a[i]);
    }

    public override MethodInfo? VectorForm(bool isDouble) =>
        !isDouble && TOp.HasFloatVector ? ((Func<Vector<float>, Vector<float>>)TOp.InvokeFloats).Method
        : !TOp.HasVector ? null
        : isDouble ? ((Func<Vector<double>, Vector<double>>)TOp.Invoke<double>).Method : ((Func<Vector<float>, Vector<float>>)TOp.Invoke<float>).Method;

    private static long Vectorised<T>(T* a, T* y, long n)
        where T : unmanaged
    {
        long i = 0;
        if (TOp.HasVector)
            for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) Vector.Store(TOp.Invoke(Vector.Load(a + i)), y + i);
        return i;
    }
}

/// <inheritdoc/>
internal sealed unsafe class BinaryPrimitive<TOp>(string name, Derivative? derivative = null) : Primitive(name, derivative)
    where TOp : struct, IBinaryPrimitive
{
    public override void Run(float* a, float* b, float* c, float* y, long n)
    {
        if (TOp.HasFloatVector)
        {
            RunFloats(a, b, y, n);
            return;
        }
        long i = Vectorised(a, b, y, n);
        for (; i < n; i++) y[i] = TOp.Invoke(a[i], b[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunFloats(float* a, float* b, float* y, long n)
    {
        int width = Vector<float>.Count;
        long i = 0;
        for (; i <= n - width; i += width) Vector.Store(TOp.InvokeFloats(Vector.Load(a + i), Vector.Load(b + i)), y + i);
        if (i == n) return;
        FloatRows.Store(TOp.InvokeFloats(FloatRows.Load(a + i, (int)(n - i)), FloatRows.Load(b + i, (int)(n - i))), y + i, (int)(n - i));
    }

    public override void Run(double* a, double* b, double* c, double* y, long n)
    {
        long i = Vectorised(a, b, y, n);
        for (; i < n; i++) y[i] = TOp.Invoke(a[i], b[i]);
    }

    public override void Run(long* a, long* b, long* c, long* y, long n)
    {
        long i = 0;
        if (TOp.HasVector) i = Vectorised(a, b, y, n);
        for (; i < n; i++) y[i] = TOp.Invoke(a[i], b[i]);
    }

    public override MethodInfo? VectorForm(bool isDouble) =>
        !isDouble && TOp.HasFloatVector ? ((Func<Vector<float>, Vector<float>, Vector<float>>)TOp.InvokeFloats).Method
        : !TOp.HasVector ? null
        : isDouble ? ((Func<Vector<double>, Vector<double>, Vector<double>>)TOp.Invoke<double>).Method : ((Func<Vector<float>, Vector<float>, Vector<float>>)TOp.Invoke<float>).Method;

    private static long Vectorised<T>(T* a, T* b, T* y, long n)
        where T : unmanaged
    {
        long i = 0;
        if (TOp.HasVector)
            for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) Vector.Store(TOp.Invoke(Vector.Load(a + i), Vector.Load(b + i)), y + i);
        return i;
    }
}

/// <summary>x * y + z, rounded once.</summary>
internal sealed unsafe class FusedMultiplyAddPrimitive(Derivative derivative) : Primitive("fma", derivative)
{
    public override void Run(float* a, float* b, float* c, float* y, long n)
    {
        long i = 0;
        for (; i <= n - Vector<float>.Count; i += Vector<float>.Count) Vector.Store(Vector.FusedMultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), Vector.Load(c + i)), y + i);
        for (; i < n; i++) y[i] = MathF.FusedMultiplyAdd(a[i], b[i], c[i]);
    }

    public override void Run(double* a, double* b, double* c, double* y, long n)
    {
        long i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count) Vector.Store(Vector.FusedMultiplyAdd(Vector.Load(a + i), Vector.Load(b + i), Vector.Load(c + i)), y + i);
        for (; i < n; i++) y[i] = Math.FusedMultiplyAdd(a[i], b[i], c[i]);
    }

    public override void Run(long* a, long* b, long* c, long* y, long n)
    {
        for (long i = 0; i < n; i++) y[i] = a[i] * b[i] + c[i];
    }

    public override MethodInfo? VectorForm(bool isDouble) => isDouble
        ? ((Func<Vector<double>, Vector<double>, Vector<double>, Vector<double>>)Vector.FusedMultiplyAdd).Method
        : ((Func<Vector<float>, Vector<float>, Vector<float>, Vector<float>>)Vector.FusedMultiplyAdd).Method;
}

/// <summary>Chooses between two numbers.</summary>
internal sealed unsafe class WherePrimitive(Derivative derivative) : Primitive("where", derivative)
{
    public override void Run(float* a, float* b, float* c, float* y, long n) => Choose(a, b, c, y, n);

    public override void Run(double* a, double* b, double* c, double* y, long n) => Choose(a, b, c, y, n);

    public override void Run(long* a, long* b, long* c, long* y, long n) => Choose(a, b, c, y, n);

    public override MethodInfo? VectorForm(bool isDouble) => isDouble
        ? ((Func<Vector<double>, Vector<double>, Vector<double>, Vector<double>>)Choose).Method
        : ((Func<Vector<float>, Vector<float>, Vector<float>, Vector<float>>)Choose).Method;

    private static Vector<T> Choose<T>(Vector<T> a, Vector<T> b, Vector<T> c) => Vector.ConditionalSelect(Vector.Equals(a, Vector<T>.Zero), c, b);

    private static void Choose<T>(T* a, T* b, T* c, T* y, long n)
        where T : unmanaged, INumberBase<T>
    {
        long i = 0;
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
            Vector.Store(Vector.ConditionalSelect(Vector.Equals(Vector.Load(a + i), Vector<T>.Zero), Vector.Load(c + i), Vector.Load(b + i)), y + i);
        for (; i < n; i++) y[i] = a[i] == T.Zero ? c[i] : b[i];
    }
}
