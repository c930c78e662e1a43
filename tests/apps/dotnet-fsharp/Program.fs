open System
open Microsoft.AspNetCore.Builder

[<EntryPoint>]
let main args =
    let app = WebApplication.CreateBuilder(args).Build()
    app.MapGet("/", Func<string>(fun () -> "F# answers")) |> ignore
    app.Run()
    0
