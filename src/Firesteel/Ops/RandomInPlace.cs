namespace Firesteel;

public partial class Tensor
{
    // What is drawn does not depend on what was there, nor, for the gradient, on the parameters.
    private static readonly Operation<ValueTuple> s_draw = Operation<ValueTuple>.OfList("normal", Save.None, static (in s, g) => ZerosLike(g));
    private static readonly Operation<ValueTuple> s_bernoulli = new("bernoulli", (Save.None, static (in s, g) => ZerosLike(g)));

    private static readonly Operation<ValueTuple> s_uniformInPlace = OfDraw("uniform");
    private static readonly Operation<ValueTuple> s_normalInPlace = OfDraw("normal");
    private static readonly Operation<ValueTuple> s_exponentialInPlace = OfDraw("exponential");
    private static readonly Operation<ValueTuple> s_randomInPlace = OfDraw("random");
    private static readonly Operation<ValueTuple> s_logNormalInPlace = OfDraw("log_normal");
    private static readonly Operation<ValueTuple> s_cauchyInPlace = OfDraw("cauchy");
    private static readonly Operation<ValueTuple> s_geometricInPlace = OfDraw("geometric");

    private static Operation<ValueTuple> OfDraw(string name) => new(name, (Save.None, static (in s, g) => ZerosLike(g)));

    private Tensor Draw(Operation<ValueTuple> operation, Distribution distribution, Generator? generator, ReadOnlySpan<KernelInput> parameters)
    {
        InPlace.Check(operation.Name, this);
        RunDraw(Layout, distribution, generator, parameters);
        return operation.RecordInPlace(this, [this], default);
    }

    /// <summary>Overwrites the elements with uniform numbers in [from, to) (<c>uniform_</c>).</summary>
    /// <exception cref="ArgumentException">The range is empty, or not one of the dtype.</exception>
    public Tensor UniformInPlace(double from = 0, double to = 1, Generator? generator = null)
    {
        RequireFloatingResult("uniform", DType);
        if (!(from <= to)) throw OperationError.Argument("uniform", $"expects to return a [from, to) range, but found from={from} > to={to}");
        return Draw(s_uniformInPlace, Distribution.Uniform, generator, [(Scalar)from, (Scalar)to]);
    }

    /// <summary>Overwrites the elements with normal numbers (<c>normal_</c>).</summary>
    /// <exception cref="ArgumentException">The standard deviation is negative.</exception>
    public Tensor NormalInPlace(double mean = 0, double std = 1, Generator? generator = null)
    {
        RequireFloatingResult("normal", DType);
        CheckDeviation(std);
        return Draw(s_normalInPlace, Distribution.Normal, generator, [(Scalar)mean, (Scalar)std]);
    }

    /// <summary>Overwrites the elements with 1, with probability <paramref name="p"/>, or 0 (<c>bernoulli_</c>).</summary>
    /// <exception cref="ArgumentException">The probability is not in [0, 1].</exception>
    public Tensor BernoulliInPlace(double p = 0.5, Generator? generator = null)
    {
        CheckProbability(p);
        return Draw(s_bernoulli, Distribution.Bernoulli, generator, [(Scalar)p]);
    }

    /// <summary>Overwrites every element with 1, with its own probability from a tensor that broadcasts to this one, or 0 (<c>bernoulli_</c>).</summary>
    /// <exception cref="ArgumentException">A probability is not in [0, 1], or the probabilities do not broadcast.</exception>
    public Tensor BernoulliInPlace(Tensor p, Generator? generator = null)
    {
        RequireFloatingResult("bernoulli", p.DType);
        if (Broadcasting.Of("bernoulli", Shape, p.Shape) != Shape) throw OperationError.Argument("bernoulliInPlace", $"probabilities of shape {OperationError.Text(p.Shape)} do not broadcast to {OperationError.Text(Shape)}");
        return Draw(s_bernoulli, Distribution.Bernoulli, generator, [p.Layout]);
    }

    /// <summary>Overwrites the elements with exponentially distributed numbers of rate <paramref name="lambd"/> (<c>exponential_</c>).</summary>
    /// <exception cref="ArgumentException">The rate is not positive.</exception>
    public Tensor ExponentialInPlace(double lambd = 1, Generator? generator = null) =>
        Draw(s_exponentialInPlace, Distribution.Exponential, generator, [(Scalar)lambd]);

    /// <summary>Overwrites the elements with integers from 0 to the largest that the dtype holds exactly (<c>random_</c>).</summary>
    public Tensor RandomInPlace(Generator? generator = null) => Draw(s_randomInPlace, Distribution.Integer, generator, []);

    /// <summary>Overwrites the elements with integers from 0 to <paramref name="to"/> - 1 (<c>random_</c>).</summary>
    /// <exception cref="ArgumentException">No integer lies in the range, or the dtype cannot hold it.</exception>
    public Tensor RandomInPlace(long to, Generator? generator = null) => RandomInPlace(0, to, generator);

    /// <summary>Overwrites the elements with integers from <paramref name="from"/> to <paramref name="to"/> - 1, or to the largest of the dtype (<c>random_</c>).</summary>
    /// <exception cref="ArgumentException">No integer lies in the range, or the dtype cannot hold it.</exception>
    public Tensor RandomInPlace(long from, long? to, Generator? generator = null) => to is { } end
        ? Draw(s_randomInPlace, Distribution.Integer, generator, [(Scalar)from, (Scalar)end])
        : Draw(s_randomInPlace, Distribution.Integer, generator, [(Scalar)from]);

    /// <summary>Overwrites the elements with numbers whose logarithm is normal (<c>log_normal_</c>).</summary>
    /// <exception cref="ArgumentException">The standard deviation is not positive.</exception>
    public Tensor LogNormalInPlace(double mean = 1, double std = 2, Generator? generator = null) =>
        Draw(s_logNormalInPlace, Distribution.LogNormal, generator, [(Scalar)mean, (Scalar)std]);

    /// <summary>Overwrites the elements with numbers of a Cauchy distribution (<c>cauchy_</c>).</summary>
    /// <exception cref="ArgumentException"><paramref name="sigma"/> is not positive.</exception>
    public Tensor CauchyInPlace(double median = 0, double sigma = 1, Generator? generator = null) =>
        Draw(s_cauchyInPlace, Distribution.Cauchy, generator, [(Scalar)median, (Scalar)sigma]);

    /// <summary>Overwrites the elements with the number of trials up to the first success of probability <paramref name="p"/> (<c>geometric_</c>).</summary>
    /// <exception cref="ArgumentException">The probability is not in (0, 1).</exception>
    public Tensor GeometricInPlace(double p, Generator? generator = null) =>
        Draw(s_geometricInPlace, Distribution.Geometric, generator, [(Scalar)p]);

    /// <summary>1 with the probability that the element is, else 0 (<c>torch.bernoulli</c>).</summary>
    /// <exception cref="ArgumentException">An element is not in [0, 1].</exception>
    public Tensor Bernoulli(Generator? generator = null)
    {
        RequireFloatingResult("bernoulli", DType);
        return s_bernoulli.Record(Drawn(Allocate(Shape, DType, Device), Distribution.Bernoulli, generator, [Layout]).Layout, [this], default);
    }

    /// <summary>1 with probability <paramref name="p"/>, else 0, in the shape and dtype of this tensor (<c>torch.bernoulli</c>).</summary>
    /// <exception cref="ArgumentException">The probability is not in [0, 1].</exception>
    public Tensor Bernoulli(double p, Generator? generator = null)
    {
        CheckProbability(p);
        return s_bernoulli.Record(Drawn(Allocate(Shape, DType, Device), Distribution.Bernoulli, generator, [(Scalar)p]).Layout, [this], default);
    }

    /// <summary>Draws <paramref name="numSamples"/> positions per row, each with a probability proportional to its weight; the rows are [n] or [rows, n], the result int64 (<c>torch.multinomial</c>).</summary>
    /// <exception cref="ArgumentException">A negative or non-finite weight, a row of zeros, no samples, or more than there are without replacement.</exception>
    public Tensor Multinomial(long numSamples, bool replacement = false, Generator? generator = null)
    {
        if (Ndim is 0 or > 2) throw OperationError.Argument("multinomial", $"prob_dist must be 1 or 2 dim, got {OperationError.Text(Shape)}");
        if (!DType.IsFloatingPoint()) throw OperationError.NotSupported("multinomial", $"multinomial only supports floating-point dtypes for input, got: {DType.Name()}");
        if (numSamples <= 0) throw OperationError.Argument("multinomial", $"cannot sample n_sample <= 0 samples, got {numSamples}");
        if (!replacement && numSamples > Shape.Sizes[^1])
            throw OperationError.Argument("multinomial", $"cannot sample n_sample > prob_dist.size(-1) samples without replacement: {numSamples} of {Shape.Sizes[^1]}");
        var shape = Ndim == 1 ? Shape.Create([numSamples]) : Shape.Create([Shape.Sizes[0], numSamples]);
        return Drawn(Allocate(shape, DType.Int64, Device), Distribution.Multinomial, generator, [Layout, (Scalar)replacement]);
    }

    private static void CheckProbability(double p)
    {
        if (!(p >= 0 && p <= 1)) throw OperationError.Argument("bernoulli", $"bernoulli_ expects p to be in [0, 1], but got p={p}");
    }
}
