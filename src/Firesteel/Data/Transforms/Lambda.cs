namespace Firesteel.Data;

/// <summary>A function as a transform (<c>torchvision.transforms.Lambda</c>).</summary>
public sealed class Lambda : Transform
{
    private readonly Func<Tensor, Tensor> _function;

    /// <summary>The transform that calls <paramref name="function"/>.</summary>
    public Lambda(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = function;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => _function(input);
}
