using Firesteel.Io;

namespace Firesteel.Tests.Io;

public class KeyMapTests
{
    [Fact]
    public void StepsWorkOnWhatTheOnesBeforeLeft()
    {
        var map = new KeyMap().RemovePrefix("module.").Replace(@"^encoder\.(\d+)\.", "layers.$1.").Rename("final", "head.weight").AddPrefix("net.").Drop("bias$").Keep(@"^net\.");
        Assert.Equal("net.layers.12.weight", map.Apply("module.encoder.12.weight"));
        Assert.Equal("net.layers.1.weight", map.Apply("encoder.1.weight"));
        Assert.Equal("net.head.weight", map.Apply("module.final"));
        Assert.Null(map.Apply("module.encoder.1.bias"));
        Assert.Null(new KeyMap().Keep("^a").Apply("b"));
        Assert.Equal("x", new KeyMap().Apply("x"));
    }

    [Fact]
    public void AMapNeverChanges()
    {
        var first = new KeyMap().AddPrefix("a.");
        var second = first.AddPrefix("b.");
        Assert.Equal("a.x", first.Apply("x"));
        Assert.Equal("b.a.x", second.Apply("x"));
    }

    [Fact]
    public void OrderIsKeptAndCollisionsAreErrors()
    {
        var values = new OrderedDictionary<string, int> { ["m.b"] = 1, ["m.a"] = 2, ["c"] = 3 };
        Assert.Equal(["b", "a", "c"], new KeyMap().RemovePrefix("m.").Apply(values).Keys);
        Assert.Contains("\"m.b\" and \"m.a\" both become \"z\"", Assert.Throws<ArgumentException>(() => new KeyMap().Replace("^m.*", "z").Apply(values)).Message);
        Assert.ThrowsAny<ArgumentException>(() => new KeyMap().Replace("(", ""));
    }
}
