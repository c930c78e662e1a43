using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);
var connection = new SqliteConnection("Data Source=:memory:");
connection.Open();
builder.Services.AddDbContext<NotesContext>(options => options.UseSqlite(connection));

var app = builder.Build();
using (var scope = app.Services.CreateScope())
{
    var notes = scope.ServiceProvider.GetRequiredService<NotesContext>();
    notes.Database.EnsureCreated();
    notes.Notes.Add(new Note { Text = "kept in SQLite" });
    notes.SaveChanges();
}

app.MapGet("/notes", async (NotesContext notes) => await notes.Notes.ToListAsync());
app.Run();

public class Note
{
    public int Id { get; set; }
    public required string Text { get; set; }
}

public class NotesContext(DbContextOptions<NotesContext> options) : DbContext(options)
{
    public DbSet<Note> Notes => Set<Note>();
}
