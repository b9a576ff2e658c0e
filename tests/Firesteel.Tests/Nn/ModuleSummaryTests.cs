using Firesteel.Nn;

namespace Firesteel.Tests.Nn;

public class ModuleSummaryTests
{
    private sealed class WideNet : Module
    {
        private readonly Sequential _layers = new(new Linear(1, 512), new Tanh(), new Linear(512, 1));
        public override Tensor Forward(Tensor input) => _layers.Forward(input);
    }

    /// <summary>Counted by hand: 512 + 512 and 512 + 1 parameters; 32 rows meet each of them once.</summary>
    [Fact]
    public void ListsLayersShapesAndParameters()
    {
        var net = new WideNet();
        string table = net.Summary([32, 1]);
        string[] lines = table.Split('\n');
        Assert.Equal("WideNet                                  [32, 1]                   --", lines[3]);
        Assert.Equal("└─Sequential: 1-1                        [32, 1]                   --", lines[4]);
        Assert.Equal("│    ├─Linear: 2-1                       [32, 512]                 1,024", lines[5]);
        Assert.Equal("│    ├─Tanh: 2-2                         [32, 512]                 --", lines[6]);
        Assert.Equal("│    └─Linear: 2-3                       [32, 1]                   513", lines[7]);
        Assert.Contains("Total params: 1,537\nTrainable params: 1,537\nNon-trainable params: 0\nTotal mult-adds (k): 49.18\n", table);
        Assert.True(net.Training);
        foreach (var module in net.Modules()) Assert.False(module.HasHooks);
    }

    [Fact]
    public void ABadInputLeavesNothingBehind()
    {
        var net = new WideNet();
        Assert.Throws<ArgumentException>(() => net.Summary([2, 3]));
        Assert.True(net.Training);
        foreach (var module in net.Modules()) Assert.False(module.HasHooks);
    }
}
