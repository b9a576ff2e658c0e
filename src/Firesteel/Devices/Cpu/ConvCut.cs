namespace Firesteel;

/// <summary>How the positions of y of all images are cut into parts: some whole lines each, or a piece of a long one. Depends on sizes only.</summary>
internal readonly struct ConvCut
{
    /// <summary>Lines longer than this are cut.</summary>
    private const long LongestLine = 512;

    private readonly long _lines, _outD, _outH, _outW, _pieces;

    /// <param name="g">The convolution.</param>
    /// <param name="positions">About how many positions of y a part should have.</param>
    public ConvCut(in ConvGeometry g, long positions)
    {
        _lines = g.Batch * g.OutD * g.OutH;
        (_outD, _outH, _outW) = (g.OutD, g.OutH, g.OutW);
        _pieces = _outW <= LongestLine ? 1 : (_outW - 1) / (LongestLine / 2) + 1;
        Columns = (_outW - 1) / _pieces + 1;
        Lines = _pieces > 1 ? 1 : Math.Clamp(positions / _outW, 1, Math.Max(1, _lines));
        Count = _pieces > 1 ? _lines * _pieces : (_lines + Lines - 1) / Lines;
    }

    /// <summary>The most lines, and columns, of a part.</summary>
    public long Lines { get; }

    /// <inheritdoc cref="Lines"/>
    public long Columns { get; }

    /// <summary>How many parts there are.</summary>
    public long Count { get; }

    /// <summary>The lines of a part, counted through all images, and its columns.</summary>
    public void Locate(long part, out long line, out long endLine, out long column, out long columns)
    {
        (line, long piece) = Math.DivRem(part, _pieces);
        line *= Lines;
        endLine = Math.Min(line + Lines, _lines);
        column = piece * Columns;
        columns = Math.Min(Columns, _outW - column);
    }

    /// <summary>Where a line is, and how many lines from there to before <paramref name="endLine"/> are in the same image at the same depth: a run.</summary>
    public long Run(long line, long endLine, out long image, out long depth, out long height)
    {
        (line, height) = Math.DivRem(line, _outH);
        (image, depth) = Math.DivRem(line, _outD);
        line = line * _outH + height;
        return Math.Min(_outH - height, endLine - line);
    }
}
