using Shop.Core;
using Xunit;

public class PricesTests
{
    [Fact]
    public void Apples_have_a_price() => Assert.Contains("apple", Prices.Json());
}
