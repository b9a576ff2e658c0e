namespace Firesteel;

/// <summary>
/// A 3x3 convolution with strides of 1 as F(4x4, 3x3): y is cut into tiles of 4x4, each of which needs a patch of 6x6 of x, and 36 products a
/// channel in place of 144. Describes the forward pass, the gradient of x (the same with padding 2 - p and the filter turned around), or the
/// gradient of the filter (the patches and the tiles are those of the forward pass).
/// </summary>
internal readonly struct WinogradPlan
{
    /// <summary>Rows and columns of a tile and of its patch, and the numbers of a patch.</summary>
    public const int Side = 4, Patch = 6, Points = Patch * Patch;

    /// <summary>Channels of a group, and sizes of images that are read as patches (In) and as tiles (Out).</summary>
    public readonly long Batch, Groups, InChannels, OutChannels, InH, InW, OutH, OutW;
    public readonly long PaddingH, PaddingW, TileRows, TileColumns;

    /// <inheritdoc cref="ConvGeometry.Finish"/>
    public readonly ResultFinish? Finish;

    private WinogradPlan(ConvPass pass, in ConvGeometry g)
    {
        Finish = g.Finish;
        bool data = pass == ConvPass.Data;
        Batch = g.Batch;
        Groups = g.Groups;
        (InChannels, OutChannels) = data ? (g.OutChannels, g.InChannels) : (g.InChannels, g.OutChannels);
        (InH, InW, OutH, OutW) = data ? (g.OutH, g.OutW, g.InH, g.InW) : (g.InH, g.InW, g.OutH, g.OutW);
        (PaddingH, PaddingW) = data ? (2 - g.PaddingH, 2 - g.PaddingW) : (g.PaddingH, g.PaddingW);
        TileRows = (OutH + Side - 1) / Side;
        TileColumns = (OutW + Side - 1) / Side;
    }

    public long Tiles => Batch * TileRows * TileColumns;

    /// <summary>True if the convolution has this form and is estimated to gain from it.</summary>
    public static bool TryCreate(ConvPass pass, in ConvGeometry g, out WinogradPlan plan)
    {
        plan = default;
        if (g.FilterH != 3 || g.FilterW != 3 || g.FilterD != 1 || !g.HasUnitStrides || g.DilationH != 1 || g.DilationW != 1) return false;
        if (g.PaddingH > 2 || g.PaddingW > 2 || g.PaddingD != 0 || g.InD != 1 || g.OutD != 1) return false;
        if (g.InChannels < 16 || g.OutChannels < 16) return false;
        plan = new(pass, g);
        // In multiply-adds: the products, 300 for a patch or a tile of one channel to be transformed, 300 for a filter. A product of matrices reaches
        // four fifths of the speed that it has here.
        double channels = g.InChannels * g.OutChannels;
        double here = plan.Tiles * (Points * channels + 300 * (g.InChannels + g.OutChannels)) + 300 * channels;
        return here < 1.2 * 9 * channels * g.Batch * plan.OutH * plan.OutW;
    }

    /// <summary>The image, and the first row and column, of a tile.</summary>
    public void Locate(long tile, out long image, out long row, out long column)
    {
        (tile, column) = Math.DivRem(tile, TileColumns);
        (image, row) = Math.DivRem(tile, TileRows);
        row *= Side;
        column *= Side;
    }
}
