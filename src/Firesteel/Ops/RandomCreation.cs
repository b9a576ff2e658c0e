namespace Firesteel;

public partial class Tensor
{
    /// <summary>Fills new memory with draws. The kernel is made anew every time, because it names the generator.</summary>
    private static Tensor Drawn(in View view, Distribution distribution, Generator? generator, ReadOnlySpan<KernelInput> parameters, bool requiresGrad = false)
    {
        RunDraw(view, distribution, generator, parameters);
        return new Tensor(view) { RequiresGrad = requiresGrad };
    }

    private static void RunDraw(in View view, Distribution distribution, Generator? generator, ReadOnlySpan<KernelInput> parameters)
    {
        try
        {
            view.Storage.Device.Run(new KernelCall(new RandomKernel(distribution, generator ?? Rng.Default), [view], parameters));
        }
        catch (ArgumentException e)
        {
            string name = distribution switch
            {
                Distribution.Integer => "random",
                Distribution.Permutation => "randperm",
                Distribution.LogNormal => "log_normal",
                _ => distribution.ToString().ToLowerInvariant(),
            };
            throw OperationError.Argument(name, e.Message);
        }
    }

    private static void RequireFloatingResult(string operation, DType dtype)
    {
        if (!dtype.IsFloatingPoint()) throw OperationError.NotSupported(operation, $"not implemented for {dtype.Name()}; ask for a floating-point dtype");
    }

    /// <summary>Memory of the shape of a tensor; its dimensions in the order of the tensor's strides, as <c>torch.empty_like</c> lays it out. It decides the order of draws.</summary>
    internal static View AllocateLike(Tensor input, DType dtype, Device? device = null)
    {
        var view = Allocate(input.Shape, dtype, device ?? input.Device);
        if (input.Layout.IsContiguous) return view;
        int rank = input.Ndim;
        // Outermost first; a dimension of stride 0 says nothing and stays where it is.
        var order = new List<int>(rank);
        for (int d = 0; d < rank; d++)
        {
            int at = order.Count;
            while (at > 0 && input.Layout.Strides[d] > 0 && input.Layout.Strides[order[at - 1]] > 0 && input.Layout.Strides[order[at - 1]] < input.Layout.Strides[d]) at--;
            order.Insert(at, d);
        }
        var strides = new long[rank];
        long stride = 1;
        for (int i = rank - 1; i >= 0; i--)
        {
            strides[order[i]] = stride;
            stride *= Math.Max(input.Shape.Sizes[order[i]], 1);
        }
        return view.With(input.Shape, strides, 0);
    }

    /// <summary>Uniform numbers in [0, 1) (<c>torch.rand</c>).</summary>
    public static Tensor Rand(params ReadOnlySpan<long> size) => Rand(size, DType.Float32);

    /// <summary>Uniform numbers in [0, 1) (<c>torch.rand</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public static Tensor Rand(ReadOnlySpan<long> size, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false, Generator? generator = null)
    {
        RequireFloatingResult("rand", dtype);
        return Drawn(Allocate(Shape.Create(size), dtype, device), Distribution.Uniform, generator, [(Scalar)0.0, (Scalar)1.0], requiresGrad);
    }

    /// <summary>Normal numbers of mean 0 and variance 1 (<c>torch.randn</c>).</summary>
    public static Tensor Randn(params ReadOnlySpan<long> size) => Randn(size, DType.Float32);

    /// <summary>Normal numbers of mean 0 and variance 1 (<c>torch.randn</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public static Tensor Randn(ReadOnlySpan<long> size, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false, Generator? generator = null)
    {
        RequireFloatingResult("randn", dtype);
        return Drawn(Allocate(Shape.Create(size), dtype, device), Distribution.Normal, generator, [(Scalar)0.0, (Scalar)1.0], requiresGrad);
    }

    /// <summary>Integers from 0 to <paramref name="high"/> - 1 (<c>torch.randint</c>).</summary>
    /// <exception cref="ArgumentException">No integer lies in the range, or the dtype cannot hold it.</exception>
    public static Tensor Randint(long high, ReadOnlySpan<long> size, DType dtype = DType.Int64, Device? device = null, bool requiresGrad = false, Generator? generator = null) =>
        Randint(0, high, size, dtype, device, requiresGrad, generator);

    /// <summary>Integers from <paramref name="low"/> to <paramref name="high"/> - 1 (<c>torch.randint</c>).</summary>
    /// <exception cref="ArgumentException">No integer lies in the range, or the dtype cannot hold it.</exception>
    public static Tensor Randint(long low, long high, ReadOnlySpan<long> size, DType dtype = DType.Int64, Device? device = null, bool requiresGrad = false, Generator? generator = null) =>
        Drawn(Allocate(Shape.Create(size), dtype, device), Distribution.Integer, generator, [(Scalar)low, (Scalar)high], requiresGrad);

    /// <summary>The integers 0 to n - 1 in random order (<c>torch.randperm</c>).</summary>
    /// <exception cref="ArgumentException"><paramref name="n"/> is negative, or too large for the dtype.</exception>
    public static Tensor Randperm(long n, DType dtype = DType.Int64, Device? device = null, bool requiresGrad = false, Generator? generator = null)
    {
        if (n < 0) throw OperationError.Argument("randperm", $"n must be non-negative, got {n}");
        return Drawn(Allocate(Shape.Create([n]), dtype, device), Distribution.Permutation, generator, [], requiresGrad);
    }

    /// <summary>Uniform numbers in [0, 1) in the shape and dtype of another tensor (<c>torch.rand_like</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public static Tensor RandLike(Tensor input, DType? dtype = null, Device? device = null, bool requiresGrad = false, Generator? generator = null)
    {
        RequireFloatingResult("rand_like", dtype ?? input.DType);
        return Drawn(AllocateLike(input, dtype ?? input.DType, device), Distribution.Uniform, generator, [(Scalar)0.0, (Scalar)1.0], requiresGrad);
    }

    /// <summary>Normal numbers of mean 0 and variance 1 in the shape and dtype of another tensor (<c>torch.randn_like</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public static Tensor RandnLike(Tensor input, DType? dtype = null, Device? device = null, bool requiresGrad = false, Generator? generator = null)
    {
        RequireFloatingResult("randn_like", dtype ?? input.DType);
        return Drawn(AllocateLike(input, dtype ?? input.DType, device), Distribution.Normal, generator, [(Scalar)0.0, (Scalar)1.0], requiresGrad);
    }

    /// <summary>Integers from 0 to <paramref name="high"/> - 1 in the shape and dtype of another tensor (<c>torch.randint_like</c>).</summary>
    public static Tensor RandintLike(Tensor input, long high, DType? dtype = null, Device? device = null, bool requiresGrad = false, Generator? generator = null) =>
        RandintLike(input, 0, high, dtype, device, requiresGrad, generator);

    /// <summary>Integers from <paramref name="low"/> to <paramref name="high"/> - 1 in the shape and dtype of another tensor (<c>torch.randint_like</c>).</summary>
    /// <exception cref="ArgumentException">No integer lies in the range, or the dtype cannot hold it.</exception>
    public static Tensor RandintLike(Tensor input, long low, long high, DType? dtype = null, Device? device = null, bool requiresGrad = false, Generator? generator = null) =>
        Drawn(AllocateLike(input, dtype ?? input.DType, device), Distribution.Integer, generator, [(Scalar)low, (Scalar)high], requiresGrad);

    /// <summary>Normal numbers with a mean for each and one standard deviation (<c>torch.normal</c>).</summary>
    /// <exception cref="ArgumentException">The standard deviation is negative.</exception>
    public static Tensor Normal(Tensor mean, double std = 1, Generator? generator = null)
    {
        CheckDeviation(std);
        RequireFloatingResult("normal", mean.DType);
        var draws = Drawn(Allocate(mean.Shape, mean.DType, mean.Device), Distribution.Normal, generator, [(Scalar)0.0, (Scalar)std]);
        return s_draw.Record(draws.AddInPlace(mean.Detach()).Layout, [mean], default);
    }

    /// <summary>Normal numbers with one mean and a standard deviation for each (<c>torch.normal</c>).</summary>
    /// <exception cref="ArgumentException">A standard deviation is negative.</exception>
    public static Tensor Normal(double mean, Tensor std, Generator? generator = null)
    {
        CheckDeviations(std);
        var draws = Drawn(Allocate(std.Shape, std.DType, std.Device), Distribution.Normal, generator, [(Scalar)0.0, (Scalar)1.0]);
        return s_draw.Record(draws.MulInPlace(std.Detach()).AddInPlace(mean).Layout, [std], default);
    }

    /// <summary>Normal numbers with a mean and a standard deviation for each; both broadcast (<c>torch.normal</c>).</summary>
    /// <exception cref="ArgumentException">A standard deviation is negative, or the shapes do not broadcast.</exception>
    public static Tensor Normal(Tensor mean, Tensor std, Generator? generator = null)
    {
        CheckDeviations(std);
        RequireFloatingResult("normal", mean.DType);
        var shape = Broadcasting.Of("normal", mean.Shape, std.Shape);
        var draws = Drawn(Allocate(shape, mean.DType, mean.Device), Distribution.Normal, generator, [(Scalar)0.0, (Scalar)1.0]);
        return s_draw.Record(draws.MulInPlace(std.Detach()).AddInPlace(mean.Detach()).Layout, [mean, std], default);
    }

    /// <summary>Normal numbers with one mean and standard deviation (<c>torch.normal</c>).</summary>
    /// <exception cref="ArgumentException">The standard deviation is negative.</exception>
    public static Tensor Normal(double mean, double std, ReadOnlySpan<long> size, Generator? generator = null, DType dtype = DType.Float32, Device? device = null, bool requiresGrad = false)
    {
        CheckDeviation(std);
        RequireFloatingResult("normal", dtype);
        return Drawn(Allocate(Shape.Create(size), dtype, device), Distribution.Normal, generator, [(Scalar)mean, (Scalar)std], requiresGrad);
    }

    private static void CheckDeviation(double std)
    {
        if (!(std >= 0)) throw OperationError.Argument("normal", $"normal expects std >= 0.0, but found std {std}");
    }

    private static void CheckDeviations(Tensor std)
    {
        RequireFloatingResult("normal", std.DType);
        // PyTorch looks at the values too: a negative deviation would pass unnoticed.
        if (std.NumElements == 0) return;
        var layout = std.Reduced(ReduceOp.Min, std.ReducedShapes("normal", [], false).Kept, std.DType);
        HostRoutine.Run("check of deviations", [], [new Tensor(layout)], default(ValueTuple), static (t, _) =>
        {
            if (t[0].Item() < 0) throw OperationError.Argument("normal", "normal expects all elements of std >= 0.0");
        });
    }
}
