namespace Firesteel.Data;

/// <summary>Subtracts a mean from every channel of an image [..., C, H, W] and divides by a standard deviation (<c>torchvision.transforms.Normalize</c>).</summary>
public sealed class Normalize : Transform
{
    private readonly double[] _mean, _std;
    private PerChannelNumbers? _last; // of the dtype that came last: a data set has one

    /// <summary>Mean and deviation [C, 1, 1]; one object, because several threads may exchange it.</summary>
    private sealed record PerChannelNumbers(Tensor Mean, Tensor Std);

    /// <summary>One mean and one standard deviation per channel, or one for all.</summary>
    /// <exception cref="ArgumentException">Unlike numbers of them, none, or a standard deviation of 0.</exception>
    public Normalize(ReadOnlySpan<double> mean, ReadOnlySpan<double> std)
    {
        if (mean.IsEmpty || mean.Length != std.Length) throw new ArgumentException($"Normalize: {mean.Length} means and {std.Length} standard deviations were given.");
        if (std.Contains(0)) throw new ArgumentException("Normalize: std evaluated to zero, leading to division by zero.");
        (_mean, _std) = (mean.ToArray(), std.ToArray());
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">No floating-point image, or one with another number of channels.</exception>
    public override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (!input.IsFloatingPoint()) throw OperationError.Argument("normalize", $"Input tensor should be a float tensor. Got {input.DType.Name()}; ToTensor converts it");
        if (input.Ndim < 3) throw OperationError.Argument("normalize", $"Expected tensor to be a tensor image of size (..., C, H, W). Got {OperationError.Text(input.Shape)}");
        long channels = input.Shape[^3];
        if (_mean.Length != 1 && _mean.Length != channels) throw OperationError.Argument("normalize", $"{_mean.Length} means for an image of {channels} channels: {OperationError.Text(input.Shape)}");
        var last = _last;
        if (last is null || last.Mean.DType != input.DType) _last = last = new(PerChannel(_mean, input.DType), PerChannel(_std, input.DType));
        return (input - last.Mean).DivInPlace(last.Std);
    }

    private static Tensor PerChannel(double[] values, DType dtype) => Tensor.From(values, dtype).Reshape(-1, 1, 1);
}
