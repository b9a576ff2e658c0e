namespace Firesteel.Nn;

/// <summary>Fills parameters with their first values (<c>torch.nn.init</c>). Every method writes in place, is not recorded, and returns the tensor.</summary>
public static class Init
{
    /// <summary>The factor by which a nonlinearity shrinks its input's standard deviation, to be made up for: <c>"linear"</c>, <c>"relu"</c>, <c>"tanh"</c>, ... (<c>calculate_gain</c>).</summary>
    /// <exception cref="ArgumentException">An unknown nonlinearity.</exception>
    public static double CalculateGain(string nonlinearity, double? param = null) => nonlinearity switch
    {
        "linear" or "conv1d" or "conv2d" or "conv3d" or "conv_transpose1d" or "conv_transpose2d" or "conv_transpose3d" or "sigmoid" => 1,
        "tanh" => 5.0 / 3,
        "relu" => Math.Sqrt(2),
        "leaky_relu" => Math.Sqrt(2 / (1 + (param ?? 0.01) * (param ?? 0.01))),
        "selu" => 3.0 / 4,
        _ => throw new ArgumentException($"Unsupported nonlinearity {nonlinearity}", nameof(nonlinearity)),
    };

    /// <summary>Draws from U(a, b) (<c>uniform_</c>).</summary>
    public static Tensor UniformInPlace(Tensor tensor, double a = 0, double b = 1) => Draw(tensor, Distribution.Uniform, a, b);

    /// <summary>Draws from N(mean, std^2) (<c>normal_</c>).</summary>
    public static Tensor NormalInPlace(Tensor tensor, double mean = 0, double std = 1) => Draw(tensor, Distribution.Normal, mean, std);

    /// <summary>Draws from N(mean, std^2) restricted to [a, b] (<c>trunc_normal_</c>).</summary>
    public static Tensor TruncNormalInPlace(Tensor tensor, double mean = 0, double std = 1, double a = -2, double b = 2)
    {
        // Uniform draws between the probabilities of the bounds, through the inverse of the distribution function.
        double low = 2 * Probability((a - mean) / std) - 1, high = 2 * Probability((b - mean) / std) - 1;
        UniformInPlace(tensor, low, high);
        using (Autograd.NoGrad()) return tensor.ErfinvInPlace().MulInPlace(std * Math.Sqrt(2)).AddInPlace(mean).ClampInPlace(a, b);

        static double Probability(double x) => (1 + Tensor.From([x / Math.Sqrt(2)]).Erf().Item()) / 2;
    }

    /// <summary>One value everywhere (<c>constant_</c>).</summary>
    public static Tensor ConstantInPlace(Tensor tensor, Scalar val)
    {
        using (Autograd.NoGrad()) return tensor.FillInPlace(val);
    }

    /// <summary>Ones (<c>ones_</c>).</summary>
    public static Tensor OnesInPlace(Tensor tensor) => ConstantInPlace(tensor, 1);

    /// <summary>Zeros (<c>zeros_</c>).</summary>
    public static Tensor ZerosInPlace(Tensor tensor) => ConstantInPlace(tensor, 0);

    /// <summary>The identity matrix, cut or padded with zeros (<c>eye_</c>).</summary>
    /// <exception cref="ArgumentException">The tensor is no matrix.</exception>
    public static Tensor EyeInPlace(Tensor tensor)
    {
        if (tensor.Ndim != 2) throw OperationError.Argument("eye_", "Only tensors with 2 dimensions are supported");
        using (Autograd.NoGrad())
        {
            tensor.ZeroInPlace();
            for (long i = 0; i < Math.Min(tensor.Shape[0], tensor.Shape[1]); i++) tensor.Select(0, i).Select(0, i).FillInPlace(1);
        }
        return tensor;
    }

    /// <summary>A filter that passes its channels through: 1 in the middle of every filter from a channel to itself (<c>dirac_</c>).</summary>
    /// <exception cref="ArgumentException">Not 3 to 5 dimensions, or a first size that <paramref name="groups"/> does not divide.</exception>
    public static Tensor DiracInPlace(Tensor tensor, long groups = 1)
    {
        if (tensor.Ndim is < 3 or > 5) throw OperationError.Argument("dirac_", "Only tensors with 3, 4, or 5 dimensions are supported");
        if (groups < 1 || tensor.Shape[0] % groups != 0) throw OperationError.Argument("dirac_", $"dim 0 must be divisible by groups: {tensor.Shape[0]} and {groups}");
        long outOfGroup = tensor.Shape[0] / groups;
        using (Autograd.NoGrad())
        {
            tensor.ZeroInPlace();
            for (long g = 0; g < groups; g++)
                for (long d = 0; d < Math.Min(outOfGroup, tensor.Shape[1]); d++)
                {
                    var at = tensor.Select(0, g * outOfGroup + d).Select(0, d);
                    while (at.Ndim > 0) at = at.Select(0, at.Shape[0] / 2);
                    at.FillInPlace(1);
                }
        }
        return tensor;
    }

    /// <summary>Glorot and Bengio's uniform initialisation: bound gain * sqrt(6 / (fan in + fan out)) (<c>xavier_uniform_</c>).</summary>
    /// <exception cref="ArgumentException">Fewer than 2 dimensions.</exception>
    public static Tensor XavierUniformInPlace(Tensor tensor, double gain = 1)
    {
        var (fanIn, fanOut) = Fans(tensor);
        double std = gain * Math.Sqrt(2.0 / (fanIn + fanOut));
        double bound = Math.Sqrt(3) * std;
        return UniformInPlace(tensor, -bound, bound);
    }

    /// <summary>Glorot and Bengio's normal initialisation: standard deviation gain * sqrt(2 / (fan in + fan out)) (<c>xavier_normal_</c>).</summary>
    /// <exception cref="ArgumentException">Fewer than 2 dimensions.</exception>
    public static Tensor XavierNormalInPlace(Tensor tensor, double gain = 1)
    {
        var (fanIn, fanOut) = Fans(tensor);
        return NormalInPlace(tensor, 0, gain * Math.Sqrt(2.0 / (fanIn + fanOut)));
    }

    /// <summary>He's uniform initialisation: bound gain * sqrt(3 / fan) (<c>kaiming_uniform_</c>).</summary>
    /// <param name="tensor">The tensor to fill.</param>
    /// <param name="a">The negative slope of a leaky ReLU that follows.</param>
    /// <param name="mode"><c>"fan_in"</c> or <c>"fan_out"</c>.</param>
    /// <param name="nonlinearity">See <see cref="CalculateGain"/>.</param>
    /// <exception cref="ArgumentException">Fewer than 2 dimensions, or an unknown mode or nonlinearity.</exception>
    public static Tensor KaimingUniformInPlace(Tensor tensor, double a = 0, string mode = "fan_in", string nonlinearity = "leaky_relu")
    {
        if (tensor.NumElements == 0) return tensor;
        double bound = Math.Sqrt(3) * (CalculateGain(nonlinearity, a) / Math.Sqrt(Fan(tensor, mode)));
        return UniformInPlace(tensor, -bound, bound);
    }

    /// <summary>He's normal initialisation: standard deviation gain / sqrt(fan) (<c>kaiming_normal_</c>); see <see cref="KaimingUniformInPlace"/>.</summary>
    /// <exception cref="ArgumentException">Fewer than 2 dimensions, or an unknown mode or nonlinearity.</exception>
    public static Tensor KaimingNormalInPlace(Tensor tensor, double a = 0, string mode = "fan_in", string nonlinearity = "leaky_relu")
    {
        if (tensor.NumElements == 0) return tensor;
        return NormalInPlace(tensor, 0, CalculateGain(nonlinearity, a) / Math.Sqrt(Fan(tensor, mode)));
    }

    /// <summary>A matrix of orthonormal rows or columns, times <paramref name="gain"/>; dimensions after the first count as one (<c>orthogonal_</c>).</summary>
    /// <exception cref="ArgumentException">Fewer than 2 dimensions.</exception>
    public static Tensor OrthogonalInPlace(Tensor tensor, double gain = 1)
    {
        if (tensor.Ndim < 2) throw OperationError.Argument("orthogonal_", "Only tensors with 2 or more dimensions are supported");
        if (tensor.NumElements == 0) return tensor;
        int rows = checked((int)tensor.Shape[0]), cols = checked((int)(tensor.NumElements / rows));
        var drawn = NormalInPlace(Tensor.Empty([rows, cols], tensor.DType, tensor.Device));
        var q = OrthonormalColumns((rows < cols ? drawn.Transpose(0, 1) : drawn).ToArray<double>(), Math.Max(rows, cols), Math.Min(rows, cols));
        var matrix = Tensor.From(q, [Math.Max(rows, cols), Math.Min(rows, cols)]);
        using (Autograd.NoGrad()) return tensor.CopyInPlace((rows < cols ? matrix.Transpose(0, 1) : matrix).Mul(gain).Reshape(tensor.Shape));
    }

    /// <summary>Normal draws with a part of every column, <paramref name="sparsity"/> of its rows, set to zero (<c>sparse_</c>).</summary>
    /// <exception cref="ArgumentException">The tensor is no matrix.</exception>
    public static Tensor SparseInPlace(Tensor tensor, double sparsity, double std = 0.01)
    {
        if (tensor.Ndim != 2) throw OperationError.Argument("sparse_", "Only tensors with 2 dimensions are supported");
        long rows = tensor.Shape[0], zeros = (long)Math.Ceiling(sparsity * rows);
        NormalInPlace(tensor, 0, std);
        var order = Tensor.Empty([rows], DType.Int64);
        using (Autograd.NoGrad())
        {
            for (long column = 0; column < tensor.Shape[1]; column++)
            {
                Draw(order, Distribution.Permutation);
                foreach (long row in order.AsSpan<long>()[..(int)zeros]) tensor.Select(0, row).Select(0, column).FillInPlace(0);
            }
        }
        return tensor;
    }

    /// <summary>The initialisation of linear and convolution layers: weights from U(-b, b) with b = 1/sqrt(fan in) by way of kaiming_uniform(sqrt(5)), then biases likewise.</summary>
    internal static void ResetWeightAndBias(Tensor weight, Tensor? bias)
    {
        ResetWeight(weight);
        if (bias is not null) ResetBias(weight, bias);
    }

    /// <summary>The first half of <see cref="ResetWeightAndBias"/>.</summary>
    internal static void ResetWeight(Tensor weight) => KaimingUniformInPlace(weight, Math.Sqrt(5));

    /// <summary>The second half of <see cref="ResetWeightAndBias"/>.</summary>
    internal static void ResetBias(Tensor weight, Tensor bias)
    {
        long fanIn = Fans(weight).In;
        double bound = fanIn > 0 ? 1 / Math.Sqrt(fanIn) : 0;
        UniformInPlace(bias, -bound, bound);
    }

    /// <summary>The number of inputs and outputs that each output and input is connected to.</summary>
    internal static (long In, long Out) Fans(Tensor tensor)
    {
        if (tensor.Ndim < 2) throw OperationError.Argument("init", "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
        long field = 1;
        for (int d = 2; d < tensor.Ndim; d++) field *= tensor.Shape[d];
        return (tensor.Shape[1] * field, tensor.Shape[0] * field);
    }

    private static long Fan(Tensor tensor, string mode) => mode switch
    {
        "fan_in" => Fans(tensor).In,
        "fan_out" => Fans(tensor).Out,
        _ => throw new ArgumentException($"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']", nameof(mode)),
    };

    private static Tensor Draw(Tensor tensor, Distribution distribution, params ReadOnlySpan<double> parameters)
    {
        var kernel = new RandomKernel(distribution, Rng.Default);
        if (parameters.IsEmpty) tensor.Device.Run(new KernelCall(kernel, [tensor.Layout], []));
        else tensor.Device.Run(new KernelCall(kernel, [tensor.Layout], [(Scalar)parameters[0], (Scalar)parameters[1]]));
        tensor.Layout.Storage.Bump("init");
        return tensor;
    }

    /// <summary>Householder's QR decomposition of a row-major matrix of at least as many rows as columns: Q, with the signs that make the diagonal of R positive.</summary>
    private static double[] OrthonormalColumns(double[] a, int rows, int cols)
    {
        var reflectors = new double[cols][];
        var signs = new double[cols];
        for (int k = 0; k < cols; k++)
        {
            var v = new double[rows];
            double norm = 0;
            for (int i = k; i < rows; i++)
            {
                v[i] = a[i * cols + k];
                norm += v[i] * v[i];
            }
            norm = Math.Sqrt(norm);
            double diagonal = v[k] > 0 ? -norm : norm;
            signs[k] = Math.Sign(diagonal);
            v[k] -= diagonal;
            reflectors[k] = v;
            for (int j = k; j < cols; j++) Reflect(a, j, v, k);
        }
        var q = new double[rows * cols];
        for (int k = 0; k < cols; k++) q[k * cols + k] = 1;
        for (int k = cols - 1; k >= 0; k--)
            for (int j = 0; j < cols; j++) Reflect(q, j, reflectors[k], k);
        for (int i = 0; i < q.Length; i++) q[i] *= signs[i % cols];
        return q;

        void Reflect(double[] matrix, int column, double[] v, int from)
        {
            double dot = 0, square = 0;
            for (int i = from; i < rows; i++)
            {
                dot += v[i] * matrix[i * cols + column];
                square += v[i] * v[i];
            }
            if (square == 0) return;
            for (int i = from; i < rows; i++) matrix[i * cols + column] -= 2 * dot / square * v[i];
        }
    }
}
