namespace Firesteel.Data;

/// <summary>
/// An image [H, W] or [H, W, C] as a tensor [C, H, W]; bytes become float32 from 0 to 1, other dtypes stay as they are
/// (<c>torchvision.transforms.ToTensor</c>).
/// </summary>
public sealed class ToTensor : Transform
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The image does not have two or three dimensions.</exception>
    public override Tensor Forward(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Ndim is not (2 or 3)) throw OperationError.Argument("to_tensor", $"pic should be 2/3 dimensional. Got {input.Ndim} dimensions: {OperationError.Text(input.Shape)}");
        var image = input.Ndim == 2 ? input.Unsqueeze(0) : input.Permute(2, 0, 1).Contiguous();
        return image.DType == DType.UInt8 ? image.To(DType.Float32).DivInPlace(255) : image;
    }
}
