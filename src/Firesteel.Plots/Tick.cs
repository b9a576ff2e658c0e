namespace Firesteel.Plots;

/// <summary>A mark on an axis. <paramref name="Text"/> is empty for a minor tick; <paramref name="Exponent"/> is set above it.</summary>
internal readonly record struct Tick(double Value, string Text, string Exponent = "")
{
    public bool IsMajor => Text.Length > 0;

    public double Width(double fontSize) =>
        TextMetrics.Width(Text, fontSize) + TextMetrics.Width(Exponent, fontSize * SvgWriter.ExponentScale);

    public override string ToString() => Exponent.Length > 0 ? $"{Text}^{Exponent}" : Text;
}
