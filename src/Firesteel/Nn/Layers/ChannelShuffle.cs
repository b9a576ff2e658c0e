namespace Firesteel.Nn;

/// <summary>Mixes the channels of groups (<c>torch.nn.ChannelShuffle</c>).</summary>
/// <param name="groups">The number of groups.</param>
public class ChannelShuffle(long groups) : Module
{
    private readonly long _groups = groups;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.ChannelShuffle(input, _groups));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"groups={_groups}";
}
