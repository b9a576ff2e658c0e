namespace Firesteel.Tests.Compiler;

/// <summary>Changes of fields are noticed where they lie in memory, and by reflection alone, as where no code can be emitted.</summary>
public class FieldWatchTests
{
    private enum Choice
    {
        First,
        Second,
    }

    private struct Pair
    {
        public int Number;
        public object? Reference;
    }

    private sealed class Settings
    {
        public bool Flag;
        public byte Small;
        public sbyte Signed;
        public short Short;
        public ushort Unsigned;
        public int Number;
        public uint Positive;
        public long Large;
        public ulong Larger = ulong.MaxValue;
        public char Letter;
        public float Single;
        public double Real;
        public decimal Money;
        public nint Native;
        public Choice Choice;
        public long? Maybe;
        public double? MaybeReal = 2;
        public Choice? MaybeChoice;
        public Pair Pair;
        public (int, Pair?) Nested;
        public DateTime Time;
        public TimeSpan Span;
        public string? Text;
    }

    public static TheoryData<string> Changes => [.. s_changes.Keys];

    private static readonly Dictionary<string, Action<Settings>> s_changes = new()
    {
        ["bool"] = static s => s.Flag = true,
        ["byte"] = static s => s.Small = 200,
        ["sbyte"] = static s => s.Signed = -1,
        ["short"] = static s => s.Short = -1,
        ["ushort"] = static s => s.Unsigned = 60000,
        ["int"] = static s => s.Number = -5,
        ["uint"] = static s => s.Positive = uint.MaxValue,
        ["long"] = static s => s.Large = long.MinValue,
        ["ulong"] = static s => s.Larger = 1,
        ["char"] = static s => s.Letter = 'x',
        ["float"] = static s => s.Single = 1e-30f,
        ["sign of zero"] = static s => s.Real = -0.0,
        ["decimal"] = static s => s.Money = 1.5m,
        ["nint"] = static s => s.Native = 7,
        ["enum"] = static s => s.Choice = Choice.Second,
        ["null to zero"] = static s => s.Maybe = 0,
        ["another number"] = static s => s.MaybeReal = 3,
        ["number to null"] = static s => s.MaybeReal = null,
        ["null to enum"] = static s => s.MaybeChoice = Choice.First,
        ["in a struct"] = static s => s.Pair.Number = 1,
        ["reference in a struct"] = static s => s.Pair.Reference = new object(),
        ["in a tuple"] = static s => s.Nested.Item1 = 1,
        ["in a nullable struct"] = static s => s.Nested.Item2 = new Pair(),
        ["time"] = static s => s.Time = new DateTime(2020, 1, 1),
        ["time span"] = static s => s.Span = TimeSpan.FromTicks(1),
        ["text"] = static s => s.Text = "x",
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void AChangeIsNoticed(string what)
    {
        foreach (bool located in (bool[])[true, false])
        {
            var settings = new Settings();
            var watch = new FieldWatch(settings, FieldTable.Of(settings, located), "settings.");
            Assert.True(watch.Holds());
            _ = watch.Describe();
            s_changes[what](settings);
            Assert.False(watch.Holds(), located ? "by place" : "by reflection");
            Assert.StartsWith("settings.", watch.Change(), StringComparison.Ordinal);
            Assert.True(new FieldWatch(settings, FieldTable.Of(settings, located), "").Holds());
        }
    }
}
