namespace Firesteel.Nn;

/// <summary>The softmax over the channels of images, [N, C, H, W] or [C, H, W] (<c>torch.nn.Softmax2d</c>).</summary>
public class Softmax2d : Module
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Not 3 or 4 dimensions.</exception>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        if (input.Ndim is not (3 or 4)) throw OperationError.Argument("softmax2d", $"requires a 3D or 4D tensor as input, got {OperationError.Text(input.Shape)}");
        return scope.Exit(input.Softmax(-3));
    }
}
