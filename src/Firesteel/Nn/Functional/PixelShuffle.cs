namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>Channels into space: [..., C * r * r, H, W] becomes [..., C, H * r, W * r] (<c>F.pixel_shuffle</c>).</summary>
    /// <exception cref="ArgumentException">Less than three dimensions, or channels that cannot be divided.</exception>
    public static Tensor PixelShuffle(Tensor input, long upscaleFactor)
    {
        if (input.Ndim < 3) throw OperationError.Argument("pixel_shuffle", $"expects input to have at least 3 dimensions, but got input with {input.Ndim} dimension(s)");
        long r = upscaleFactor, channels = input.Shape[-3], height = input.Shape[-2], width = input.Shape[-1];
        if (r <= 0) throw OperationError.Argument("pixel_shuffle", $"expects a positive upscale_factor, but got {r}");
        if (channels % (r * r) != 0) throw OperationError.Argument("pixel_shuffle", $"expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)={channels} is not divisible by {r * r}");
        long[] batch = input.Shape[..^3].ToArray();
        long n = batch.Aggregate(1L, static (a, b) => a * b), c = channels / (r * r);
        return input.Reshape(n, c, r, r, height, width).Permute(0, 1, 4, 2, 5, 3).Reshape([.. batch, c, height * r, width * r]);
    }

    /// <summary>Space into channels: [..., C, H * r, W * r] becomes [..., C * r * r, H, W] (<c>F.pixel_unshuffle</c>).</summary>
    /// <exception cref="ArgumentException">Less than three dimensions, or sizes that cannot be divided.</exception>
    public static Tensor PixelUnshuffle(Tensor input, long downscaleFactor)
    {
        if (input.Ndim < 3) throw OperationError.Argument("pixel_unshuffle", $"expects input to have at least 3 dimensions, but got input with {input.Ndim} dimension(s)");
        long r = downscaleFactor, c = input.Shape[-3], height = input.Shape[-2], width = input.Shape[-1];
        if (r <= 0) throw OperationError.Argument("pixel_unshuffle", $"expects a positive downscale_factor, but got {r}");
        if (height % r != 0 || width % r != 0) throw OperationError.Argument("pixel_unshuffle", $"expects height and width to be divisible by downscale_factor, but {height} x {width} is not divisible by {r}");
        long[] batch = input.Shape[..^3].ToArray();
        long n = batch.Aggregate(1L, static (a, b) => a * b);
        return input.Reshape(n, c, height / r, r, width / r, r).Permute(0, 1, 3, 5, 2, 4).Reshape([.. batch, c * r * r, height / r, width / r]);
    }

    /// <summary>Channels of [N, C, ...] in groups, dealt out in turn (<c>F.channel_shuffle</c>).</summary>
    /// <exception cref="ArgumentException">Less than three dimensions, or channels that cannot be divided.</exception>
    public static Tensor ChannelShuffle(Tensor input, long groups)
    {
        if (input.Ndim < 3) throw OperationError.Argument("channel_shuffle", $"expects input with > 2 dims, but got input with sizes {OperationError.Text(input.Shape)}");
        long c = input.Shape[1];
        if (groups <= 0 || c % groups != 0) throw OperationError.Argument("channel_shuffle", $"number of channels must be divisible by groups. Got {c} channels and {groups} groups");
        return input.Reshape(input.Shape[0], groups, c / groups, -1).Transpose(1, 2).Reshape(input.Shape);
    }
}
