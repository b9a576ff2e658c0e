namespace Firesteel.Plots.Artists;

/// <summary>One image of a grid, already in colour.</summary>
internal sealed record ImageTile(byte[] Rgba, int Rows, int Columns, string? Title);
