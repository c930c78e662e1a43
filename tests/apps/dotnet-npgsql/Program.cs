using Npgsql;

var app = WebApplication.Create(args);
app.MapGet("/", () => $"Npgsql {typeof(NpgsqlConnection).Assembly.GetName().Version?.Major}, Dapper {typeof(Dapper.SqlMapper).Assembly.GetName().Name}");
app.Run();
